// Do the largest files there are go through the bridge without filling its memory, and to the last byte?

import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { seededBytes, sha256Of } from '../../src/emulators/common/bytes.ts'
import { askedWith, mediaStage, rssMb, sendLarge, type AllStage } from '../support/e2e-media.ts'
import { questionsWith } from '../support/e2e-media.ts'
import { until } from '../support/e2e-stage.ts'

const MB = 1_048_576
/** What the issue of such a file may cost, however large it is. */
const MOST_MB = 100
const WITHIN_MS = 120_000

/** Coze takes 512 MB (Coze docs: upload files), Feishu hands out 100 (Feishu docs: get message resource). */
const LARGEST = [
  ['telegram', 512],
  ['discord', 512],
  ['feishu', 100],
] as const

// One after the other: each has the process, and the machine, for itself.
describe('the largest file', () => {
  test.for(LARGEST)(
    `of %s, %d MB, arrives byte for byte, and memory rises by at most ${MOST_MB} MB`,
    { timeout: 2 * WITHIN_MS },
    async ([platform, sizeMB], context) => {
      if (!existsSync('/proc/self/status')) context.skip('memory is read from /proc')
      const stage = await mediaStage(context, { platforms: [platform], telegram: { server: 'own' } })
      const small = { name: 'small.pdf', seed: 1, sizeBytes: MB }
      await arrives(stage, platform, small, 'the small one?')
      const idleMb = rssMb(stage)
      let peakMb = idleMb
      const large = { name: 'large.pdf', seed: 2, sizeBytes: sizeMB * MB }
      await arrives(stage, platform, large, 'the large one?', () => (peakMb = Math.max(peakMb, rssMb(stage))))
      await context.annotate(`${platform}: ${Math.round(idleMb)} MB idle, ${Math.round(peakMb)} MB at most`)
      expect(peakMb - idleMb).toBeLessThan(MOST_MB)
    },
  )
})

async function arrives(
  stage: AllStage,
  platform: (typeof LARGEST)[number][0],
  file: { readonly name: string; readonly seed: number; readonly sizeBytes: number },
  words: string,
  look: () => void = () => undefined,
): Promise<void> {
  sendLarge(stage, platform, file, words)
  await until(
    stage,
    `${file.sizeBytes} bytes arrive`,
    () => {
      look()
      return questionsWith(stage, words).length > 0
    },
    WITHIN_MS,
  )
  await askedWith(stage, words, [await sha256Of(seededBytes(file.seed, file.sizeBytes))])
}
