// What is a field to fill in, whoever wants it: a command's option, an agent's parameter, a workflow's question?

import type { PromptField } from '../contract/assistant.ts'
import type { Json, OptionValue } from '../contract/event.ts'
import type { FormField } from '../contract/platform.ts'
import type { Localized, OptionSpec } from '../contract/policy.ts'

/** An option as it is asked for: its label is its description in the person's language, or its name. */
export function fieldOfOption(option: OptionSpec, locale: string): FormField {
  const { name, type, required, choices, default: standard, min, max, pattern } = option
  return {
    name,
    label: localized(option.description, locale) || name,
    kind: type === 'string' ? 'text' : type,
    required,
    ...(choices === undefined
      ? {}
      : { choices: choices.map(({ value, label }) => choiceOf(value, label, locale)) }),
    ...(standard === undefined ? {} : { default: standard }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(pattern === undefined ? {} : { pattern }),
  }
}

/** A field a workflow asks for in its middle. A type that is not known here is asked for as text. */
export function fieldOfPrompt(field: PromptField): FormField {
  const { name, type, required, description } = field
  const standard = field.default === undefined ? undefined : optionValueOf(field.default)
  return {
    name,
    label: description?.trim() || name,
    kind: PROMPT_KINDS.get(type.trim().toLowerCase()) ?? 'text',
    required,
    ...(standard === undefined ? {} : { default: standard }),
  }
}

/** Its labels in other languages are understood too: people copy what somebody else was shown. */
function choiceOf(value: string, labels: Localized, locale: string) {
  const label = localized(labels, locale) || value
  const aliases = [...new Set(Object.values(labels))].filter((other) => other !== '' && other !== label)
  return { value, label, ...(aliases.length === 0 ? {} : { aliases }) }
}

/** The exact locale, else the same language, else English, else nothing. */
export function localized(texts: Localized, locale: string): string {
  const wanted = locale.replaceAll('_', '-').toLowerCase()
  const known = Object.entries(texts).map(
    ([key, text]) => [key.replaceAll('_', '-').toLowerCase(), text] as const,
  )
  const nearest =
    known.find(([key]) => key === wanted) ??
    known.find(([key]) => key.split('-')[0] === wanted.split('-')[0]) ??
    known.find(([key]) => key.split('-')[0] === 'en')
  return nearest?.[1] ?? ''
}

/**
 * Types of a workflow's variables. Lists and objects are written as JSON by the person.
 * Coze docs: run workflow, required_parameters (its file types are those of a file variable).
 */
const PROMPT_KINDS: ReadonlyMap<string, FormField['kind']> = new Map([
  ...of('text', 'string', 'time'),
  ...of('integer', 'integer'),
  ...of('number', 'number', 'float'),
  ...of('boolean', 'boolean'),
  ...of('long', 'array', 'list', 'object'),
  ...of('file', 'file', 'default', 'image', 'svg', 'audio', 'voice', 'video'),
  ...of('file', 'doc', 'ppt', 'excel', 'txt', 'code', 'zip'),
])

function of(kind: FormField['kind'], ...types: readonly string[]) {
  return types.map((type) => [type, kind] as const)
}

function optionValueOf(value: Json): OptionValue | undefined {
  if (value === null || value === '') return undefined
  return typeof value === 'object' ? JSON.stringify(value) : value
}
