// What did a person answer, as a script wants to read it?
import { objectOf, parseJson } from './json.ts'
import type { JsonObject } from './json.ts'
import type { ToolOutput } from './script.ts'

/** The first output as text; empty where there is none. */
export function answerOf(outputs: readonly ToolOutput[] | string | undefined): string {
  return typeof outputs === 'string' ? outputs : (outputs?.[0]?.output ?? '')
}

/**
 * The fields of an input node's answer: a JSON object, or lines of `key:value`, with or without braces around them
 * (Coze docs: run chatflow, additional_messages).
 */
export function fieldsOf(answer: readonly ToolOutput[] | string | undefined): JsonObject {
  const text = answerOf(answer).trim()
  const json = parseJson(text)
  if (json !== undefined) return objectOf(json)
  const lines = text.replace(/^\{|\}$/g, '').split('\n')
  const pairs = lines.flatMap((line): [string, string][] => {
    const at = line.indexOf(':')
    return at < 1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]]
  })
  return Object.fromEntries(pairs)
}

/** The choice that is meant: by its text, or by its letter A, B, …; anything else stays as it was said. */
export function choiceOf(answer: string, choices: readonly string[] | undefined): string {
  const said = answer.trim()
  if (choices === undefined || choices.includes(said)) return said
  const letter = /^[A-Za-z]$/.test(said) ? said.toUpperCase().charCodeAt(0) - 65 : -1
  return choices[letter] ?? answer
}

/** A question with its choices below, lettered, where they can be told in words only. */
export function lettered(question: string, choices: readonly string[] | undefined): string {
  const lines = (choices ?? []).map((choice, at) => `${String.fromCharCode(65 + at)}. ${choice}`)
  return [question, ...lines].join('\n')
}
