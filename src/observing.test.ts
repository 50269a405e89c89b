// Is somebody told when turns cannot be traced?
import { expect, test } from 'vitest'
import { createManualClock } from '../test/support/manual-clock.ts'
import { createQuietLogger } from '../test/support/quiet-logger.ts'
import { openObserving } from './observing.ts'
import { createMetrics } from './server/metrics.ts'

test('an endpoint without http:// is told, with what to write, and nothing is said to be traced', async () => {
  const { clock } = createManualClock()
  const log = createQuietLogger()
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }
  const observing = await openObserving({ env, clock, log, metrics: createMetrics(), version: '1' })
  await observing.close()
  expect(log.lines.map(({ level }) => level)).toEqual(['warn'])
  expect(log.lines[0]!.message).toMatch(/not traced: OTEL_EXPORTER_OTLP_ENDPOINT .*http:\/\/localhost:4318/)
  expect(JSON.stringify(log.lines)).not.toContain('collector')
})
