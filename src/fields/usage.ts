// How does a person see what a command wants, and what they gave?

import type { OptionValue } from '../contract/event.ts'
import type { FormField } from '../contract/platform.ts'
import type { OptionSpec } from '../contract/policy.ts'
import { localized } from './fields.ts'
import { isAttachment } from './values.ts'

/** `/weather <city> [days]`; what may be chosen stands there too, where it is short: `[unit: °C|°F]`. */
export function usageOf(name: string, options: readonly OptionSpec[], locale: string): string {
  const words = options.map((option) => {
    const wanted = `${option.name}${choicesOf(option, locale)}`
    return option.required ? `<${wanted}>` : `[${wanted}]`
  })
  return [`/${name}`, ...words].join(' ')
}

/** Longer lists are not shown in a usage. */
const MAX_CHOICES_CHARS = 40

function choicesOf({ choices = [] }: OptionSpec, locale: string): string {
  const text = choices.map(({ value, label }) => localized(label, locale) || value).join('|')
  return text === '' || text.length > MAX_CHOICES_CHARS ? '' : `: ${text}`
}

/**
 * A value in one short line, for "✓ City: Oslo". Plain text, not Markdown. `words`: how yes and no are said (the
 * notices `ask.yes` and `ask.no`).
 */
export function shownValue(
  field: FormField,
  value: OptionValue,
  words: { readonly yes: string; readonly no: string } = { yes: '✓', no: '✗' },
): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return short(labelOf(field, value))
  if (isAttachment(value)) return short(value.name ?? '📎')
  return short(value.map((one) => labelOf(field, one)).join(', '))
}

const MAX_SHOWN_CHARS = 200

function labelOf({ choices = [] }: FormField, value: string): string {
  return choices.find((choice) => choice.value === value)?.label ?? value
}

function short(text: string): string {
  const characters = Array.from(text.trim().replace(/\s+/gu, ' '))
  return characters.length <= MAX_SHOWN_CHARS
    ? characters.join('')
    : `${characters.slice(0, MAX_SHOWN_CHARS - 1).join('')}…`
}
