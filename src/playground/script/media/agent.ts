// What does the agent of this script do at the emulated Coze?

import {
  defaults,
  type CozeEmulatorOptions,
  type Script as Chat,
  type ScriptInput,
} from '../../../emulators/coze/index.ts'
import { ANSWER, DRAW, SPEAK, WRITE, type MetFile } from './said.ts'
import { pdfOf, pictureOf } from './things.ts'

/** As Coze's signed addresses do: whoever wants the bytes fetches them soon. */
const LIVES_MS = 3_600_000
const PIECES = { charsPerDelta: 12, deltaMs: 10 }

const agent: Chat = (input) => {
  const { query } = input
  if (query.startsWith(DRAW.say)) {
    const { name, bytes } = drawnFor(query)
    const address = input.serveFile({ name, bytes, mimeType: 'image/png', expiresInMs: LIVES_MS })
    const text = `${DRAW.before}\n\n![${DRAW.alt}](${address})\n\n${DRAW.after}`
    return [{ say: text, ...PIECES }]
  }
  if (query.startsWith(WRITE.say)) {
    const { name, bytes } = writtenFor(query)
    const address = input.serveFile({ name, bytes, mimeType: 'application/pdf', expiresInMs: LIVES_MS })
    return [{ say: `${WRITE.before}\n\n[${WRITE.label}](${address})\n\n${WRITE.after}`, ...PIECES }]
  }
  if (query.startsWith(SPEAK.say)) return [{ say: SPEAK.answer, ...PIECES }, { voiced: SPEAK.answer }]
  const files = input.files.map((file) => met(input, file))
  return [{ say: ANSWER(query, files), ...PIECES }]
}

/** What it draws, and writes, for a question; the steps expect the same bytes. */
export const drawnFor = (query: string) => pictureOf(query)
export const writtenFor = (query: string) => pdfOf(query, WRITE.name)

function met(input: ScriptInput, { type, fileId }: ScriptInput['files'][number]): MetFile {
  const file = input.file({ file_id: fileId })
  return { type, sizeBytes: file?.sizeBytes ?? 0, sha256: file?.sha256 ?? 'of nothing' }
}

export const mediaCoze: CozeEmulatorOptions = {
  bots: { [defaults.botId]: { name: 'Rivers', script: agent } },
}
