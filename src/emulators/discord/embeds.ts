// Which embeds may a message carry? Ten, each field within its length, 6,000 characters in all.
import type { Problem } from './errors.ts'
import { isJson, listOf } from './types.ts'

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const MAX_EMBEDS = 10
const MAX_SUM = 6000
const MAX_FIELDS = 25
const LENGTHS: readonly (readonly [path: string, max: number])[] = [
  ['title', 256],
  ['description', 4096],
  ['footer.text', 2048],
  ['author.name', 256],
]

export function embedProblems(value: unknown): readonly Problem[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value))
    return [
      { path: 'embeds', code: 'LIST_TYPE_CONVERT', message: 'Only iterables may be used in a ListType' },
    ]
  const embeds = value as readonly unknown[]
  const sum = embeds.reduce<number>((total, embed) => total + lengthOf(embed), 0)
  return [
    ...(embeds.length > MAX_EMBEDS ? [tooLong('embeds', MAX_EMBEDS)] : []),
    ...embeds.flatMap((embed, i) => oneProblems(embed, `embeds.${i}`)),
    ...(sum > MAX_SUM
      ? [
          {
            path: 'embeds',
            code: 'MAX_EMBED_SIZE_EXCEEDED',
            message: `Embed size exceeds maximum size of ${MAX_SUM}`,
          },
        ]
      : []),
  ]
}

function oneProblems(embed: unknown, path: string): readonly Problem[] {
  if (!isJson(embed))
    return [{ path, code: 'MODEL_TYPE_CONVERT', message: 'Only dictionaries may be used in a ModelType' }]
  const fields = listOf(embed['fields'])
  return [
    ...LENGTHS.flatMap(([at, max]) =>
      textAt(embed, at).length > max ? [tooLong(`${path}.${at}`, max)] : [],
    ),
    ...(fields.length > MAX_FIELDS ? [tooLong(`${path}.fields`, MAX_FIELDS)] : []),
    ...fields.flatMap((field, i) => [
      ...fieldProblem(field, 'name', 256, `${path}.fields.${i}`),
      ...fieldProblem(field, 'value', 1024, `${path}.fields.${i}`),
    ]),
  ]
}

function fieldProblem(field: unknown, key: string, max: number, path: string): readonly Problem[] {
  const text = textAt(field, key)
  if (text === '')
    return [{ path: `${path}.${key}`, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }]
  return text.length > max ? [tooLong(`${path}.${key}`, max)] : []
}

function lengthOf(embed: unknown): number {
  const own = LENGTHS.reduce((sum, [at]) => sum + textAt(embed, at).length, 0)
  const fields = listOf(isJson(embed) ? embed['fields'] : undefined)
  return fields.reduce<number>(
    (sum, field) => sum + textAt(field, 'name').length + textAt(field, 'value').length,
    own,
  )
}

function textAt(value: unknown, path: string): string {
  const found = path.split('.').reduce<unknown>((at, key) => (isJson(at) ? at[key] : undefined), value)
  return typeof found === 'string' ? found : ''
}

function tooLong(path: string, max: number): Problem {
  return { path, code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${max} or fewer in length.` }
}
