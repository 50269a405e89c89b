// Does the fuzzer find what is planted, keep it, and make the same inputs again?
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { inputsOf } from '../fuzz/inputs.ts'
import planted from '../fuzz/planted.ts'
import { watch } from '../fuzz/watch.ts'

const corpus = mkdtempSync(join(tmpdir(), 'corpus-'))
afterAll(() => rmSync(corpus, { recursive: true, force: true }))

function pathNamed(name: string) {
  return planted.find((path) => path.name === name)!
}

async function fuzz(name: string, inputs: number) {
  const said: string[] = []
  const extra = fileURLToPath(new URL('../fuzz/planted.ts', import.meta.url))
  const say = (text: string) => void said.push(text)
  const verdict = await watch(pathNamed(name), { inputs, seed: 7, say, extra, corpus, frozenMs: 1_500 })
  return { ...verdict, said: said.join('\n') }
}

test('the same seed makes the same inputs, another one others', () => {
  const [a, b, c] = [7, 7, 8].map((seed) => {
    const inputAt = inputsOf(pathNamed('sound'), [], seed)
    return Array.from({ length: 300 }, (_, i) => Buffer.from(inputAt(i)).toString('base64'))
  })
  expect(a).toEqual(b)
  expect(a).not.toEqual(c)
  expect(new Set(a).size).toBeGreaterThan(150)
})

test('a path that holds is said to hold', { timeout: 30_000 }, async () => {
  const { growth, ...verdict } = await fuzz('sound', 400)
  expect([verdict.crashes, verdict.hangs, growth, verdict.said]).toEqual([0, 0, undefined, ''])
  expect(verdict.inputs).toBe(400)
  expect(verdict.rssMbMin).toBeGreaterThan(0)
})

test.each([
  ['rejects', 'the id was a text', 'crashes'],
  ['crashes-later', 'nobody waits for this', 'crashes'],
  ['hangs', 'longer than 20 ms', 'hangs'],
  ['freezes', 'the process froze', 'hangs'],
  ['ends', 'the process ended (3)', 'crashes'],
] as const)('finds a path that %s, and keeps the input', { timeout: 60_000 }, async (name, said, kind) => {
  const verdict = await fuzz(name, name === 'freezes' || name === 'ends' ? 6 : 400)
  expect(verdict[kind]).toBeGreaterThan(0)
  expect(verdict.said).toContain(said)
  expect(readdirSync(join(corpus, name)).length).toBeGreaterThan(0)
})

test('finds a path that keeps what it was fed', { timeout: 30_000 }, async () => {
  expect((await fuzz('grows', 5_000)).growth).toContain('grew from')
})
