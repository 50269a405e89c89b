// What may the SDK write into our log? Little, quietly, and nothing that holds a secret or a message.
import type { Client } from '@larksuiteoapi/node-sdk'
import type { Logger } from '../../src/contract/runtime.ts'
import { redact } from './errors.ts'

const MAX_CHARS = 160

/**
 * The SDK hands each line over as one list. At its lower levels it prints tickets and message texts: those are not taken.
 * `traced` sees the lowest level, where nothing but the coming and going of pings is told, and writes nothing.
 */
export function createSdkLogger(log: Logger, traced: (words: string) => void = ignore): Client['logger'] {
  const tell = (...lines: unknown[]): void => log.debug({ sdk: wordsOf(lines) }, 'the Feishu SDK says')
  const trace = (...lines: unknown[]): void => traced(wordsOf(lines))
  return { error: tell, warn: tell, info: ignore, debug: ignore, trace }
}

function ignore(): void {}

/** Plain words alone: of an error its name, of a parser's complaint not the text it quotes. */
function wordsOf(lines: readonly unknown[]): string {
  const words = lines.flat(2).map((part) => {
    if (part instanceof Error) return part.name
    return typeof part === 'string' ? part.replace(/(frame|payload|error): .*/s, '$1') : ''
  })
  return redact(words.join(' ')).slice(0, MAX_CHARS).toWellFormed().trim()
}
