// Which input is the n-th? The same for the same seed, so that whoever watches can make it again.

import { mutateBytes } from './mutate-bytes.ts'
import { mutateJson } from './mutate-json.ts'
import type { FuzzPath } from './path.ts'
import { createRandom } from './random.ts'

/** `kept`: what once broke something, fed first; then the seeds as they are, then mutations of both. */
export function inputsOf(
  path: FuzzPath,
  kept: readonly Uint8Array[],
  seed: number,
): (index: number) => Uint8Array {
  const first = [...kept, ...path.seeds()]
  if (first.length === 0) throw new Error(`the path ${path.name} has no seeds`)
  const texts = first.map((bytes) => new TextDecoder().decode(bytes))
  const parents = first.map((bytes, i) => ({ bytes, text: texts[i] ?? '' }))

  return (index) => {
    const fresh = first[index]
    if (fresh !== undefined) return fresh
    const random = createRandom(seed, path.name, index)
    const { bytes, text } = random.pick(parents)
    const isStructural = random.chance(0.7)
    const json = isStructural ? mutateJson(text, texts, random) : undefined
    const changed = json === undefined ? bytes : new TextEncoder().encode(json)
    return json !== undefined && random.chance(0.85) ? changed : mutateBytes(changed, first, random)
  }
}
