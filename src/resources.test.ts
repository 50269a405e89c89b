// Is everything given back when not everything can be opened?
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { configYaml, load } from '../test/support/config-world.ts'
import { openResources, type StartWorld } from './resources.ts'

test('the store is free again when something behind it cannot be opened', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'bridge-resources-'))
  onTestFinished(() => rm(cwd, { recursive: true }))
  const world: StartWorld = { env: {}, cwd, writeLog: () => undefined, prettyLog: false }
  const config = { ...(await load({ yaml: configYaml('') })), store: 'sqlite:bridge.db' }
  const unfit = { ...config, coze: { ...config.coze, apiBase: 'no address' } }
  await expect(openResources(unfit, world)).rejects.toThrow('Invalid URL')
  const resources = await openResources(config, world)
  await resources.close()
})
