// Do the documentation and the dashboard speak of the numbers there are?
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { METRICS, createMetrics } from './metrics.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
interface Definition {
  readonly kind: 'counter' | 'gauge' | 'seconds'
  readonly help: string
  readonly labels: readonly string[]
}
const TABLE: Readonly<Record<string, Definition>> = METRICS
const KINDS = { counter: 'counter', gauge: 'gauge', seconds: 'histogram' } as const

test('docs/metrics.md has the same table', () => {
  const docs = readFileSync(`${root}docs/metrics.md`, 'utf8')
  const rows = docs
    .split('\n')
    .filter((line) => line.startsWith('| `bridge_'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const wanted = Object.entries(TABLE).map(([name, { kind, labels, help }]) => [
    `\`${name}\``,
    KINDS[kind],
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ])
  expect(rows).toEqual(wanted)
})

interface Panel {
  readonly type: string
  readonly title: string
  readonly id: number
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number }
  readonly datasource?: { readonly type: string; readonly uid: string }
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[]
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
}
interface Dashboard {
  readonly schemaVersion: number
  readonly panels: readonly Panel[]
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[]
  }
}
const dashboard = JSON.parse(readFileSync(`${root}docs/grafana-dashboard.json`, 'utf8')) as Dashboard
const drawn = dashboard.panels.filter(({ type }) => type !== 'row')

test('every name and label the dashboard asks for is one that is served', async () => {
  const queries = drawn.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr))
  const asked = [...queries, ...dashboard.templating.list.map(({ query }) => query)]
  const own = await createMetrics().text()
  for (const expr of asked) {
    const bare = expr.replace(/"[^"]*"/g, '""')
    for (const [name] of bare.matchAll(/\b(?:bridge|process|nodejs)_\w+/g)) {
      const base = name.replace(/_(?:bucket|sum|count)$/, '')
      const known = TABLE[name] ?? TABLE[base]
      expect(known !== undefined || own.includes(`\n${name}`), `${name} in ${expr}`).toBe(true)
      if (TABLE[name] === undefined && known !== undefined) expect(known.kind, name).toBe('seconds')
      if (known?.kind === 'seconds') expect(name).toMatch(/_(?:bucket|sum|count)$/)
    }
    const names = [...bare.matchAll(/\bbridge_\w+/g)].map(([name]) =>
      name.replace(/_(?:bucket|sum|count)$/, ''),
    )
    const labels = new Set([...names.flatMap((name) => TABLE[name]?.labels ?? []), 'le', 'job', 'instance'])
    const used = [
      ...[...bare.matchAll(/\{([^}]*)\}/g)].flatMap(
        ([, inner = '']) => inner.match(/\w+(?=\s*(?:=|!=|=~|!~))/g) ?? [],
      ),
      ...[...bare.matchAll(/\b(?:by|without) ?\(([^)]*)\)/g)].flatMap(
        ([, inner = '']) => inner.match(/\w+/g) ?? [],
      ),
    ]
    expect(
      used.filter((label) => !labels.has(label)),
      expr,
    ).toEqual([])
  }
  expect(queries.length).toBeGreaterThan(15)
})

test('every panel has its place, its unit and the datasource that was chosen', () => {
  expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(41)
  expect(dashboard.templating.list).toContainEqual(
    expect.objectContaining({ name: 'datasource', type: 'datasource', query: 'prometheus' }),
  )
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
  for (const { title, datasource, targets, fieldConfig, gridPos } of drawn) {
    expect([title, datasource?.uid]).toEqual([title, '${datasource}'])
    expect([title, typeof fieldConfig?.defaults.unit]).toEqual([title, 'string'])
    expect(targets?.length, title).toBeGreaterThan(0)
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
  }
})

test('what the dashboard shows covers what people wait for', () => {
  const all = drawn.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr)).join('\n')
  const missing = Object.keys(TABLE).filter((name) => !all.includes(name))
  expect(missing).toEqual(['bridge_claims', 'bridge_info'])
})
