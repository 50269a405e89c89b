// How is the owner asked, in a terminal? One question at a time; Ctrl-C ends it all.

import * as clack from '@clack/prompts'
import type { Readable, Writable } from 'node:stream'

export interface Option<Value> {
  readonly value: Value
  readonly label: string
  readonly hint?: string
}

/** A sentence where the answer will not do. */
export type Check = (text: string) => string | undefined

/** Every question rejects with `Interrupted`. */
export interface Asker {
  choose<Value extends string>(
    question: string,
    options: readonly Option<Value>[],
    first?: Value,
  ): Promise<Value>
  /** At least one. */
  chooseSome<Value extends string>(
    question: string,
    options: readonly Option<Value>[],
  ): Promise<readonly Value[]>
  /** `usual`: taken when nothing is typed. */
  text(
    question: string,
    more?: { readonly usual?: string; readonly example?: string; readonly check?: Check },
  ): Promise<string>
  /** Never shown. */
  secret(question: string, check: Check): Promise<string>
  yes(question: string, usual: boolean): Promise<boolean>
  begin(title: string): void
  tell(how: 'fine' | 'warning' | 'fault' | 'step', text: string): void
  note(title: string, text: string): void
  end(text: string): void
}

export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

export interface Terminal {
  readonly input: Readable
  readonly output: Writable
}

/** `words`: for a yes and a no. */
export function createAsker(
  { input, output }: Terminal,
  signal: AbortSignal,
  words: { readonly yes: string; readonly no: string },
): Asker {
  const at = { input, output, signal }
  return {
    async choose(question, options, first) {
      const initial = first === undefined ? {} : { initialValue: first }
      return answered(
        await clack.select<string>({
          ...at,
          message: question,
          options: copy(options),
          showInstructions: false,
          ...initial,
        }),
        options,
      )
    },
    async chooseSome(question, options) {
      const chosen = got(
        await clack.multiselect<string>({
          ...at,
          message: question,
          options: copy(options),
          required: true,
          showInstructions: false,
        }),
      )
      return options.map(({ value }) => value).filter((value) => chosen.includes(value))
    },
    async text(question, { usual, example, check } = {}) {
      const typed = got(
        await clack.text({
          ...at,
          message: question,
          ...(usual === undefined ? {} : { defaultValue: usual, placeholder: usual }),
          ...(example === undefined ? {} : { placeholder: example }),
          validate: (text = '') => check?.(text.trim() === '' ? (usual ?? '') : text.trim()),
        }),
      ).trim()
      return typed === '' ? (usual ?? '') : typed
    },
    async secret(question, check) {
      return got(
        await clack.password({
          ...at,
          message: question,
          clearOnError: true,
          validate: (text = '') => check(text.trim()),
        }),
      ).trim()
    },
    async yes(question, usual) {
      return got(
        await clack.confirm({
          ...at,
          message: question,
          initialValue: usual,
          active: words.yes,
          inactive: words.no,
        }),
      )
    },
    begin: (title) => clack.intro(title, { output }),
    tell(how, text) {
      const log = {
        fine: clack.log.success,
        warning: clack.log.warn,
        fault: clack.log.error,
        step: clack.log.step,
      }
      log[how](text, { output })
    },
    note: (title, text) => clack.note(text, title, { output, format: (line) => line }),
    end: (text) => clack.outro(text, { output }),
  }
}

function copy(options: readonly Option<string>[]) {
  return options.map(({ value, label, hint }) => ({ value, label, ...(hint === undefined ? {} : { hint }) }))
}

function answered<Value extends string>(
  answer: string | typeof clack.CANCEL_SYMBOL,
  options: readonly Option<Value>[],
): Value {
  const chosen = got(answer)
  const found = options.find(({ value }) => value === chosen)
  if (found === undefined) throw new Error('an answer that was not offered')
  return found.value
}

function got<Value>(answer: Value | typeof clack.CANCEL_SYMBOL): Value {
  if (answer === clack.CANCEL_SYMBOL) throw new Interrupted()
  return answer
}
