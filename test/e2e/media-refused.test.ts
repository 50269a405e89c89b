// Which files reach Coze, and what are people told of those that do not? Always is the rest of the question asked.

import { describe, expect, test } from 'vitest'
import { sentencesIn, until } from '../support/e2e-stage.ts'
import { askedWith, handsAt, mediaStage, seesWords, sendLarge } from '../support/e2e-media.ts'
import { sha256Of } from '../../src/emulators/common/bytes.ts'

const MB = 1_048_576
const english = sentencesIn('en')

/** Coze docs: upload files. What tells a type from its content begins so; the rest is judged by its name. */
const TAKEN: Readonly<Record<string, string | Buffer>> = {
  doc: Buffer.from('d0cf11e0a1b11ae1', 'hex'),
  docx: 'PK\u0003\u0004',
  xls: Buffer.from('d0cf11e0a1b11ae1', 'hex'),
  xlsx: 'PK\u0003\u0004',
  ppt: Buffer.from('d0cf11e0a1b11ae1', 'hex'),
  pptx: 'PK\u0003\u0004',
  pdf: '%PDF-1.7\n',
  numbers: 'PK\u0003\u0004',
  csv: 'river,length\nNile,6650\n',
  cpp: '#include <iostream>\nint main() {}\n',
  py: 'print("river")\n',
  java: 'class River {}\n',
  c: 'int main(void) { return 0; }\n',
  jpg: Buffer.from('ffd8ffe000104a46494600010100', 'hex'),
  jpg2: Buffer.from('ffd8ffe000104a46494600010100', 'hex'),
  jpeg: Buffer.from('ffd8ffe000104a46494600010100', 'hex'),
  png: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  gif: 'GIF89a',
  webp: 'RIFF\u0010\u0000\u0000\u0000WEBPVP8 ',
  heic: '\u0000\u0000\u0000\u0018ftypheic',
  heif: '\u0000\u0000\u0000\u0018ftypmif1',
  bmp: 'BM',
  pcd: 'PCD_IPI',
  tiff: 'II*\u0000',
  wav: 'RIFF\u0010\u0000\u0000\u0000WAVEfmt ',
  mp3: 'ID3\u0003\u0000',
  flac: 'fLaC',
  m4a: '\u0000\u0000\u0000\u0018ftypM4A ',
  aac: Buffer.from('fff150800000', 'hex'),
  ogg: 'OggS\u0000\u0002',
  wma: Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'),
  midi: 'MThd\u0000\u0000\u0000\u0006',
  mp4: '\u0000\u0000\u0000\u0018ftypisom',
  avi: 'RIFF\u0010\u0000\u0000\u0000AVI LIST',
  mov: '\u0000\u0000\u0000\u0018ftypqt  ',
  '3gp': '\u0000\u0000\u0000\u0018ftyp3gp4',
  '3gpp': '\u0000\u0000\u0000\u0018ftyp3gp4',
  flv: 'FLV\u0001',
  webm: Buffer.from('1a45dfa3', 'hex'),
  wmv: Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'),
  rmvb: '.RMF',
  m4v: '\u0000\u0000\u0000\u0018ftypM4V ',
  mkv: Buffer.from('1a45dfa3', 'hex'),
  rar: Buffer.from('526172211a0700', 'hex'),
  zip: 'PK\u0003\u0004',
  '7z': Buffer.from('377abcaf271c', 'hex'),
  gz: Buffer.from('1f8b0800', 'hex'),
  gzip: Buffer.from('1f8b0800', 'hex'),
  bz2: 'BZh9',
}
const REFUSED: Readonly<Record<string, string | Buffer>> = {
  exe: 'MZ\u0090\u0000',
  iso: Buffer.alloc(0x8001).fill(0, 0, 0x8001),
  ttf: Buffer.from('0001000000', 'hex'),
  psd: '8BPS\u0000\u0001',
  sqlite: 'SQLite format 3\u0000',
  wasm: '\u0000asm\u0001\u0000\u0000\u0000',
}

describe.concurrent('files of people', () => {
  test('reach Coze in each type it documents; of any other the person is told, and the rest is asked', async (context) => {
    const stage = await mediaStage(context, {
      platforms: ['telegram'],
      // As files, also what could be read into the question.
      media: 'inlineTextKB: 0',
      cozeLines: 'limits: { chatsPerSecond: 0, uploadsPerSecond: 0 }',
      coze: { limits: { uploadsPerSecond: 0 } },
    })
    const send =
      (kind: string) =>
      ([ending, head]: readonly [string, string | Buffer]) => {
        const hands = handsAt(stage, 'telegram')
        const file = { name: `sample.${ending}`, bytes: bytesOf(ending, head) }
        const words = `${kind} ${ending}, what is it?`
        hands.sendFile(file, words)
        return { ending, hands, file, words }
      }
    const taken = Object.entries(TAKEN).map(send('taken'))
    const refused = Object.entries(REFUSED).map(send('refused'))
    for (const { words, file } of taken) await askedWith(stage, words, [await sha256Of(file.bytes)])
    for (const { ending, hands, words, file } of refused) {
      await seesWords(stage, hands, sentence('media.wrongType', { name: file.name, type: ending }))
      await askedWith(stage, words, [])
    }
    expect(stage.coze.store.files.size).toBe(taken.length)
  })

  test('that are too large are named with the limit, and the rest is asked', async (context) => {
    // Discord has no limit below Coze's own.
    const stage = await mediaStage(context, { media: 'maxFileMB: 30' })
    const name = 'film.mp4'
    const given = TOO_LARGE.map(([platform, sizeMB, key, limit]) => {
      const words = `too large on ${platform}?`
      const file = { name, seed: 1, sizeBytes: sizeMB * MB }
      const shown = sendLarge(stage, platform, file, words)
      return { platform, words, shown, told: sentence(key, { name, limit, size: `${sizeMB} MB` }) }
    })
    for (const { platform, words, shown, told } of given) {
      await until(stage, `"${told}" on ${platform}`, () => shown().includes(told))
      await askedWith(stage, words, [])
      // No more of it was fetched than had to be.
      const { downloads } = stage[platform].store
      expect(downloads.every(({ sentBytes }) => sentBytes < MB)).toBe(true)
    }
    expect(stage.coze.store.files.size).toBe(0)
  })
})

/** Bot API: getFile; Feishu docs: get message resource; and the route's own. */
const TOO_LARGE = [
  ['telegram', 21, 'media.tooLargeHere', '20 MB'],
  ['feishu', 101, 'media.tooLargeHere', '100 MB'],
  ['discord', 31, 'media.tooLarge', '30 MB'],
] as const

/** The type's own beginning, and what makes it different from all others. */
function bytesOf(ending: string, head: string | Buffer): Buffer {
  const isText = typeof head === 'string' && head.endsWith('\n')
  const first = typeof head === 'string' ? Buffer.from(head, 'latin1') : head
  return isText
    ? Buffer.concat([first, Buffer.from(`// ${ending}\n`)])
    : Buffer.concat([first, Buffer.alloc(200, `\u0000\u0001${ending}`)])
}

function sentence(key: string, values: Readonly<Record<string, string>>): string {
  return english(key).replace(/\{(\w+)\}/g, (_gap, name: string) => values[name] ?? '')
}
