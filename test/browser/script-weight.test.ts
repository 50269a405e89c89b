import { expect, test } from 'vitest'
import { createAssets } from '../../src/playground/page/assets.ts'

/** The promise: all scripts the page loads, as they go over the wire, uncompressed and with Preact. */
const MAX_BYTES = 60_000

test('the page loads less than 60 kB of script', async () => {
  const assets = createAssets()
  const weights = new Map<string, number>()
  const load = async (path: string): Promise<void> => {
    if (weights.has(path)) return
    const asset = await assets.find(path)
    if (!asset) throw new Error(`${path} is imported, and is not there`)
    weights.set(path, asset.body.length)
    const imports = asset.body.toString().matchAll(/\b(?:from|import)\s*["']\.\/([^"']+)["']/g)
    for (const [, next = ''] of imports) await load(next)
  }
  await load('main.js')
  const sum = [...weights.values()].reduce((total, bytes) => total + bytes, 0)
  expect(weights.get('preact.js'), 'Preact is counted').toBeGreaterThan(8_000)
  expect(weights.size).toBeGreaterThan(15)
  expect(sum, JSON.stringify(Object.fromEntries(weights))).toBeLessThan(MAX_BYTES)
})
