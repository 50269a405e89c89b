// Measures the process it is loaded into (`node --import`), from inside: the program itself knows nothing of it.
//
// Asked over the process channel: `reset` begins a span, `read` answers with what happened since.

import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface ProbeReading {
  readonly cpuMs: number
  readonly rssMb: number
  /** The most since the span began, looked at every tenth of a second. */
  readonly peakRssMb: number
  readonly loopDelayP99Ms: number
  readonly loopDelayMaxMs: number
}

const RESOLUTION_MS = 5
const LOOK_EVERY_MS = 100
const rssMb = (): number => process.memoryUsage.rss() / 2 ** 20

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delays.enable()
let cpu = process.cpuUsage()
let peakRssMb = rssMb()
setInterval(() => (peakRssMb = Math.max(peakRssMb, rssMb())), LOOK_EVERY_MS).unref()

process.on('message', (question: unknown) => {
  if (question === 'reset') {
    delays.reset()
    peakRssMb = rssMb()
    cpu = process.cpuUsage()
    return
  }
  if (question !== 'read') return
  const { user, system } = process.cpuUsage(cpu)
  const reading: ProbeReading = {
    cpuMs: (user + system) / 1_000,
    rssMb: rssMb(),
    peakRssMb: Math.max(peakRssMb, rssMb()),
    // The histogram counts the timer's own period; what is above it is delay.
    loopDelayP99Ms: Math.max(0, delays.percentile(99) / 1e6 - RESOLUTION_MS),
    loopDelayMaxMs: Math.max(0, delays.max / 1e6 - RESOLUTION_MS),
  }
  process.send?.(reading)
})
// The channel alone must not keep the program alive.
process.channel?.unref()
