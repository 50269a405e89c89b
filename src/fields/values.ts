// Does what a person gave fit the field it was given for, and which value is it?

import type { Attachment, OptionValue } from '../contract/event.ts'
import type { Notice } from '../contract/notice.ts'
import type { FormField } from '../contract/platform.ts'
import { choicesFault, readChoice, readChoices } from './choices.ts'
import { matchesWhole } from './pattern.ts'

export type ReadValue =
  { readonly ok: true; readonly value: OptionValue } | { readonly ok: false; readonly fault: Notice }

export interface ReadValues {
  /** What fits, defaults filled in. */
  readonly values: Readonly<Record<string, OptionValue>>
  /** One sentence for each value that does not fit. */
  readonly faults: readonly Notice[]
  /** Required, not given, and without a default. */
  readonly missing: readonly FormField[]
}

/**
 * One value, as a person wrote, chose or sent it. Never throws. A fault's params are `option` (the label) and what the
 * sentence needs; the texts are as forms and messages bring them: full-width digits, `1,000`, `yes`, a choice's label,
 * its number or its letter.
 */
export function readValue(field: FormField, raw: OptionValue): ReadValue {
  if (isBlank(raw)) return bad(field, 'option.missing')
  const single = Array.isArray(raw) && raw.length === 1 && field.kind !== 'choices' ? String(raw[0]) : raw
  if (field.kind === 'file') return isAttachment(single) ? good(single) : bad(field, 'option.file')
  if (isAttachment(single)) return bad(field, 'option.missing')
  switch (field.kind) {
    case 'text':
    case 'long':
      return readText(field, isList(single) ? single.join(', ') : String(single))
    case 'integer':
    case 'number':
      return readNumber(field, field.kind, isList(single) ? undefined : toNumber(single))
    case 'boolean': {
      const value = isList(single) ? undefined : toBoolean(single)
      return value === undefined ? bad(field, 'option.boolean') : good(value)
    }
    case 'choice': {
      const value = isList(single) ? undefined : readChoice(field.choices ?? [], String(single))
      return value === undefined ? { ok: false, fault: choicesFault(field) } : good(value)
    }
    case 'choices': {
      const values = readChoices(field.choices, isList(single) ? single : String(single))
      return values === undefined ? { ok: false, fault: choicesFault(field) } : good(values)
    }
  }
}

/**
 * All values of a form or a command. A blank one counts as not given. Names that are no field's are passed over: they
 * come from a platform's form or its older menu, and the person cannot mend them.
 */
export function readValues(
  fields: readonly FormField[],
  given: Readonly<Record<string, OptionValue>>,
): ReadValues {
  const values: [string, OptionValue][] = []
  const faults: Notice[] = []
  const missing: FormField[] = []
  for (const field of fields) {
    const own = Object.hasOwn(given, field.name) ? given[field.name] : undefined
    const raw = own === undefined || isBlank(own) ? field.default : own
    if (raw === undefined || isBlank(raw)) {
      if (field.required) missing.push(field)
      continue
    }
    const read = readValue(field, raw)
    if (read.ok) values.push([field.name, read.value])
    else faults.push(read.fault)
  }
  return { values: Object.fromEntries(values), faults, missing }
}

/** Files are told apart from lists and words by their reference. */
export function isAttachment(value: OptionValue): value is Attachment {
  return typeof value === 'object' && 'ref' in value && 'kind' in value
}

function isList(value: OptionValue): value is readonly string[] {
  return Array.isArray(value)
}

function isBlank(value: OptionValue): boolean {
  return typeof value === 'string'
    ? value.trim() === ''
    : isList(value) && value.every((one) => one.trim() === '')
}

function readText(field: FormField, text: string): ReadValue {
  const { min, max, pattern } = field
  const chars = Array.from(text).length
  if (min !== undefined && chars < min) return bad(field, 'option.short', { min })
  if (max !== undefined && chars > max) return bad(field, 'option.long', { max })
  if (pattern !== undefined && !matchesWhole(pattern, text)) return bad(field, 'option.pattern')
  return good(text)
}

function readNumber(field: FormField, kind: 'integer' | 'number', value: number | undefined): ReadValue {
  const { min, max } = field
  if (value === undefined || !(kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value))) {
    return bad(field, `option.${kind}`)
  }
  if (min !== undefined && value < min) return bad(field, 'option.min', { min })
  if (max !== undefined && value > max) return bad(field, 'option.max', { max })
  return good(value)
}

/** Digits, with commas between thousands where somebody writes them; a comma is never the decimal point. */
const NUMBER = /^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i

function toNumber(raw: string | number | boolean): number | undefined {
  if (typeof raw !== 'string') return typeof raw === 'number' ? raw : undefined
  const text = plain(raw).replace(/^\u2212/, '-')
  if (!NUMBER.test(text) || !/^[+-]?[\d.]*\d/.test(text)) return undefined
  return Number(text.replaceAll(',', ''))
}

const YES: readonly string[] = 'yes y true t on 1 ok ✓ ✔ ✅ 是 是的 对 好 好的 要 真 开'.split(' ')
const NO: readonly string[] = 'no n false f off 0 ✗ ✘ ❌ 否 不 不是 不对 不要 不用 假 关'.split(' ')

function toBoolean(raw: string | number | boolean): boolean | undefined {
  if (typeof raw === 'boolean') return raw
  const word = plain(String(raw)).toLowerCase()
  return YES.includes(word) ? true : NO.includes(word) ? false : undefined
}

/** Whether a word is a number at all, whatever its bounds. */
export function isNumber(text: string): boolean {
  return toNumber(text) !== undefined
}

/** Full-width forms as plain ones, without space around. */
function plain(text: string): string {
  return text.normalize('NFKC').trim()
}

function good(value: OptionValue): ReadValue {
  return { ok: true, value }
}

function bad(field: FormField, key: Notice['key'], params: Readonly<Record<string, number>> = {}): ReadValue {
  return { ok: false, fault: { key, params: { option: field.label, ...params } } }
}
