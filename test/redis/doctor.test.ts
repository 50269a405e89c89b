// What doctor says of a Redis: what it keeps, what it throws away, and whether a bridge is at work there.

import { expect, onTestFinished, test } from 'vitest'
import { startBridgeProcess } from '../../src/playground/stage.ts'
import { openWard, visit } from '../support/e2e-doctor.ts'
import { GENEROUS_MS } from '../support/e2e-stage.ts'
import { startRedis } from '../support/redis-server.ts'

test('a Redis that throws away and keeps nothing is told so; one that is well is known, and who uses it', async () => {
  const [poor, well] = await Promise.all([
    startRedis({ config: { appendonly: 'no', 'maxmemory-policy': 'allkeys-lru' } }),
    startRedis(),
  ])
  onTestFinished(async () => {
    await Promise.all([poor.stop(), well.stop()])
  })
  const ward = await openWard()
  onTestFinished(() => ward.close())
  const at = (url: string) => ({ ...ward, env: { ...ward.env, BRIDGE_STORE: url } })

  const { findings, code } = await visit(at(poor.url))
  expect(code).toBe(1)
  const wrong = findings.filter(({ subject, verdict }) => subject.startsWith('store') && verdict !== 'ok')
  expect(wrong.map(({ verdict, subject }) => `${verdict} ${subject}`)).toEqual([
    'fault store eviction',
    'warning store persistence',
  ])
  expect(wrong[0]?.remedy).toContain('maxmemory-policy noeviction')

  const idle = await visit(at(well.url))
  expect(idle.findings.find(({ subject }) => subject === 'store')?.reason).toContain('can be reached')
  const bridge = startBridgeProcess({ folder: ward.folder, env: at(well.url).env })
  onTestFinished(() => bridge.kill())
  const deadlineMs = performance.now() + GENEROUS_MS
  while (!(bridge.output.includes('"ready"') && ward.telegram.store.isPolled)) {
    if (performance.now() > deadlineMs) throw new Error(`In vain.\n${bridge.output}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const busy = await visit(at(well.url))
  expect(busy.findings.find(({ subject }) => subject === 'store')?.reason).toContain('in use by a bridge')
  expect(ward.telegram.store.calls.filter(({ status }) => status === 409)).toEqual([])
})
