// What does the agent of this script say? Written once: it says it, and the steps look for it.

/** Whose voice reads answers aloud: one of the emulated Coze's. */
export const VOICE_ID = '7400000000000000101'

/** A file as the agent met it in a question. */
export interface MetFile {
  /** `image`, `file` or `audio`, as the question called it. */
  readonly type: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** Anything: the question, and each file of it, in order, to the last byte. */
export function ANSWER(query: string, files: readonly MetFile[]): string {
  const lines = files.map(({ type, sizeBytes, sha256 }) => `- ${type}, ${sizeBytes} bytes, ${sha256}`)
  return [`You said: ${query}`, lines.join('\n')].filter((part) => part !== '').join('\n\n')
}

/** How it is told to answer with a picture. */
export const DRAW = {
  say: 'draw something',
  before: 'Here is what I see:',
  alt: 'A quiet river at dusk',
  after: 'I hope it pleases you.',
} as const

/** … with a file. */
export const WRITE = {
  say: 'write it down',
  before: 'All of it stands in this file:',
  label: 'The report',
  name: 'report.pdf',
  after: 'It has a page.',
} as const

/** … with a voice of its own. */
export const SPEAK = { say: 'speak for yourself', answer: 'This is my own voice.' } as const
