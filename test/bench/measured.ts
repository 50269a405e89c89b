// A process under measurement: the bridge, or the floor, with the probe inside and a channel to it.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ProbeReading } from './probe.ts'

export interface Measured {
  readonly pid: number
  readonly output: () => string
  /** Begins a span. */
  reset(): void
  read(): Promise<ProbeReading>
  tell(message: object): void
  /** Resolves with the next message that is this word. */
  hears(word: string): Promise<void>
  stop(): Promise<void>
}

const probe = new URL('./probe.ts', import.meta.url).href

export function startMeasured(
  script: URL,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; nodeArgs?: readonly string[] },
): Measured {
  const child = spawn(
    process.execPath,
    [...(options.nodeArgs ?? []), '--import', probe, fileURLToPath(script), ...args],
    {
      cwd: options.cwd,
      env: { PATH: process.env['PATH'] ?? '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  let output = ''
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-50_000))
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)

  return {
    pid: child.pid ?? 0,
    output: () => output,
    reset: () => child.send('reset'),
    async read() {
      const answer = nextMessage(
        child,
        (message) => typeof message === 'object' && message !== null && 'cpuMs' in message,
      )
      child.send('read')
      return (await answer) as ProbeReading
    },
    tell: (message) => child.send(message),
    async hears(word) {
      await nextMessage(child, (message) => message === word)
    },
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await once(child, 'exit')
      clearTimeout(late)
    },
  }
}

function nextMessage(child: ChildProcess, isIt: (message: unknown) => boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      if (!isIt(message)) return
      end()
      resolve(message)
    }
    const onExit = (): void => {
      end()
      reject(new Error('the measured process ended'))
    }
    const end = (): void => {
      child.off('message', onMessage)
      child.off('exit', onExit)
    }
    child.on('message', onMessage)
    child.once('exit', onExit)
  })
}
