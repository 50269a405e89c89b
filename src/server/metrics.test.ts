// Is every number that the bridge counts in the table, with its labels?
import perfHooks from 'node:perf_hooks'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { METRICS, createMetrics } from './metrics.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const CALL = /metrics\.(count|gauge|observe)\(\s*'(\w+)'/g
const KINDS: Readonly<Record<string, string>> = { count: 'counter', gauge: 'gauge', observe: 'seconds' }
const TABLE: Readonly<Record<string, { readonly kind: string }>> = METRICS

test('every name used in the sources is in the table, as that kind', () => {
  const files = globSync('{src,adapters}/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  const used = files.flatMap((file) => {
    const calls = readFileSync(`${root}${file}`, 'utf8').matchAll(CALL)
    return [...calls].map(([, method = '', name = '']) => ({ file, name, kind: KINDS[method] }))
  })
  expect(used.length).toBeGreaterThan(5)
  expect(used.filter(({ name, kind }) => TABLE[name]?.kind !== kind)).toEqual([])
})

test('counts, sets and observes, and shows it to Prometheus', async () => {
  const metrics = createMetrics()
  metrics.count('bridge_events_total', { platform: 'telegram', do: 'ask' })
  metrics.count('bridge_events_total', { platform: 'telegram', do: 'ask' }, 2)
  metrics.gauge('bridge_turns_open', 7, { account: 'telegram' })
  metrics.observe('bridge_first_text_seconds', 240, { platform: 'telegram' })
  const text = await metrics.text()
  expect(text).toContain('bridge_events_total{platform="telegram",do="ask"} 3')
  expect(text).toContain('bridge_turns_open{account="telegram"} 7')
  expect(text).toContain('bridge_first_text_seconds_bucket{le="0.25",platform="telegram"} 1')
  expect(text).toContain('process_resident_memory_bytes')
})

test('an unknown name or label is left out instead of breaking a turn', async () => {
  const metrics = createMetrics()
  metrics.count('no_such_number', { a: 'b' })
  metrics.count('bridge_tokens_total', { surprise: 'x' }, 5)
  expect(await metrics.text()).toContain('bridge_tokens_total 5')
})

test("the process's own numbers are measured once, however many tables there are", async () => {
  const measures = vi.spyOn(perfHooks, 'monitorEventLoopDelay')
  onTestFinished(() => measures.mockRestore())
  const tables = [createMetrics(), createMetrics(), createMetrics()]
  for (const [at, table] of tables.entries()) table.count('bridge_tokens_total', {}, at + 1)
  const texts = await Promise.all(tables.map((table) => table.text()))
  expect(measures.mock.calls.length).toBeLessThan(2)
  for (const [at, text] of texts.entries()) {
    expect(text).toContain(`bridge_tokens_total ${at + 1}`)
    expect(text.match(/^nodejs_eventloop_lag_seconds /gm)).toHaveLength(1)
  }
})
