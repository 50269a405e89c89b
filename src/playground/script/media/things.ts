// What do people send, and the agent make, in this script? Small files any reader takes for what they are.

import { createHash } from 'node:crypto'
import { makePng } from '../../../emulators/common/png.ts'
import { makeOggOpus } from '../../../emulators/coze/index.ts'
import type { GivenFile, GivenVoice } from '../../hands/hands.ts'

/** As the emulated Coze writes it. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Different for every mark and number, so that whoever meets it knows whose it is. */
export function pictureOf(mark: string, nth = 0): GivenFile {
  const seed = createHash('sha256').update(`${mark} ${nth}`).digest().readUInt32LE(0)
  return { name: `picture-${nth}.png`, bytes: makePng({ widthPx: 64 + nth, heightPx: 48, seed }) }
}

/** One page with one line on it. */
export function pdfOf(words: string, name = 'report.pdf'): GivenFile {
  const line = `BT /F1 18 Tf 60 780 Td (${words.replace(/[^\w ]/g, '')}) Tj ET`
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${line.length}>>\nstream\n${line}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ]
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, n) => {
    const offset = text.length
    text += `${n + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`
  text += `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${text.indexOf('xref\n')}\n%%EOF\n`
  return { name, bytes: Buffer.from(text, 'latin1') }
}

/** It begins as every program for Windows does. */
export function programOf(mark: string): GivenFile {
  const head = Buffer.alloc(128)
  head.write('MZ', 0, 'latin1')
  head.writeUInt32LE(0x40, 0x3c)
  head.write('PE\0\0', 0x40, 'latin1')
  return { name: 'setup.exe', bytes: Buffer.concat([head, Buffer.from(`This is ${mark}.`)]) }
}

/** A second or so of silence; how long differs with the mark, and so its bytes. */
export function voiceOf(mark: string): GivenVoice {
  const seed = Buffer.from(sha256(Buffer.from(mark)), 'hex').readUInt16LE(0)
  const durationMs = 1_000 + (seed % 1_000)
  return { durationMs, bytes: makeOggOpus({ durationMs, seed }) }
}

export function notesOf(mark: string): GivenFile {
  return {
    name: 'notes.md',
    bytes: Buffer.from(`# Notes\n\nThe mouth of the river, as ${mark} saw it: 潮汐.\n`),
  }
}
