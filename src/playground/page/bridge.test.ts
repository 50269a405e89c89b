import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createBridgeKeeper, type CozeAccess, type Launch } from './bridge.ts'
import type { PageBridge } from './protocol.ts'

const TOKEN = 'pat_0123456789abcdefghij'
const REAL: CozeAccess = { kind: 'real', apiBase: 'https://api.coze.com', token: TOKEN, botId: '73001' }

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

/** A keeper of bridges that end at once with this output. */
async function keeperOf(output: string) {
  const folder = await mkdtemp(join(tmpdir(), 'page-bridge-'))
  folders.push(folder)
  const stores: (string | undefined)[] = []
  let tellEnd: (bridge: PageBridge) => void = () => undefined
  const launch: Launch = ({ env }) => {
    stores.push(env['BRIDGE_STORE'])
    return {
      pid: 1,
      ended: Promise.resolve(1),
      output,
      exitCode: 1,
      stop: () => Promise.resolve(1),
      kill: () => Promise.resolve(),
    }
  }
  const keeper = createBridgeKeeper({
    folder,
    env: {},
    secrets: () => [],
    listens: () => false,
    tell: (bridge) => bridge.state === 'ended' && tellEnd(bridge),
    launch,
  })
  const end = async (coze: CozeAccess): Promise<PageBridge> => {
    const ended = new Promise<PageBridge>((resolve) => {
      tellEnd = resolve
    })
    await keeper.start(coze)
    return await ended
  }
  return { stores, end }
}

test('no part of a token is in the log, wherever the log is cut', async () => {
  for (const kept of [3_990, 3_995]) {
    const { end } = await keeperOf(`refused: ${TOKEN}${'x'.repeat(kept)}`)
    expect(await end(REAL)).toEqual({
      state: 'ended',
      exitCode: 1,
      log: `refused: ***${'x'.repeat(kept)}`.slice(-4_000),
    })
  }
})

test('another Coze or another agent begins with an empty store; a new token goes on with the old one', async () => {
  const { stores, end } = await keeperOf('')
  await end(REAL)
  await end({ ...REAL, token: 'pat_another-one' })
  expect(new Set(stores).size).toBe(1)
  await end({ ...REAL, apiBase: 'https://api.coze.cn' })
  expect(new Set(stores).size).toBe(2)
  await end({ ...REAL, botId: '73002' })
  expect(new Set(stores).size).toBe(3)
  await end(REAL)
  expect(new Set(stores).size).toBe(4)
})
