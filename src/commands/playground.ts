// `bridge playground`: the real bridge between an emulated Coze and an emulated Telegram, no account needed.

import { playOnce } from '../playground/once.ts'
import { playInTerminal } from '../playground/terminal.ts'

export async function play(
  options: { readonly once?: string; readonly json?: boolean },
  stop: AbortSignal,
): Promise<number> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`)
  if (options.once !== undefined) {
    return await playOnce({ text: options.once, json: options.json ?? false, print, signal: stop })
  }
  return await playInTerminal({ input: process.stdin, print, json: options.json ?? false, signal: stop })
}
