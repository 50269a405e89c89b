// Which buttons, selects, texts and containers may a message carry?
import { componentTexts, everyComponent, KIND } from './components.ts'
import { ApiError, type Problem } from './errors.ts'
import { isJson, listOf, type Json } from './types.ts'

const TOP_LEVEL_V2: readonly unknown[] = [1, 9, 10, 12, 13, 14, 17]
const IN_CONTAINER: readonly unknown[] = [1, 9, 10, 12, 13, 14]
const MAX_ROWS = 5
const MAX_BUTTONS = 5
/** Nested ones included. */
const MAX_COMPONENTS = 40
/** All displayed text together. Measured for Components V2 by the community; open docs change discord-api-docs#8562. */
const MAX_TEXT = 4000
/** UTF-8 bytes of all TextDisplays, and 12 for each; beyond it the real server fails with 500. discord-api-docs#8554 */
const MAX_TEXT_BYTES = 10_170
const BYTES_PER_DISPLAY = 12

/** What is wrong with them; beyond the hidden byte limit it throws the server's 500. */
export function componentProblems(
  value: unknown,
  isV2: boolean,
  attachmentNames: readonly string[],
): readonly Problem[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value))
    return [problem('components', 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType')]
  const components = value as readonly unknown[]
  if (isV2) {
    const bytes = everyComponent(components)
      .filter(({ type }) => type === KIND.textDisplay)
      .reduce((sum, { content }) => sum + Buffer.byteLength(String(content)) + BYTES_PER_DISPLAY, 0)
    const texts = componentTexts(components.filter(isJson)).join('')
    if (bytes > MAX_TEXT_BYTES && texts.length <= MAX_TEXT)
      throw new ApiError(500, 0, '500: Internal Server Error')
  }
  const everyone = everyComponent(components)
  return [
    ...(isV2 ? totalProblems(everyone) : rowCount(components)),
    ...components.flatMap((component, i) =>
      oneProblems(component, `components.${i}`, isV2 ? TOP_LEVEL_V2 : [KIND.row], attachmentNames),
    ),
    ...duplicateIds(everyone),
  ]
}

function totalProblems(everyone: readonly Json[]): readonly Problem[] {
  const sum = componentTexts(
    everyone.map(({ components: _, accessory: __, component: ___, ...flat }) => flat),
  ).join('').length
  return [
    ...(everyone.length > MAX_COMPONENTS
      ? [problem('components', 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_COMPONENTS} or fewer in length.`)]
      : []),
    ...(sum > MAX_TEXT
      ? [
          problem(
            'components',
            'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
            `The total displayable text size exceeds maximum size of ${MAX_TEXT}`,
          ),
        ]
      : []),
  ]
}

function rowCount(rows: readonly unknown[]): readonly Problem[] {
  return rows.length > MAX_ROWS
    ? [problem('components', 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${MAX_ROWS} in length.`)]
    : []
}

function oneProblems(
  component: unknown,
  path: string,
  allowed: readonly unknown[],
  names: readonly string[],
): readonly Problem[] {
  if (!isJson(component))
    return [problem(path, 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType')]
  const type: unknown = component['type']
  if (type === undefined) return [problem(`${path}.type`, 'BASE_TYPE_REQUIRED', 'This field is required')]
  if (!allowed.includes(type))
    return [
      problem(
        `${path}.type`,
        'UNION_TYPE_CHOICES',
        `Value of field "type" must be one of (${allowed.join(', ')}).`,
      ),
    ]
  const inner = (key: string, types: readonly unknown[], max: number): readonly Problem[] => {
    const list = listOf(component[key])
    const count =
      list.length < 1 || list.length > max
        ? [problem(`${path}.${key}`, 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${max} in length.`)]
        : []
    return [...count, ...list.flatMap((item, i) => oneProblems(item, `${path}.${key}.${i}`, types, names))]
  }
  switch (Number(type)) {
    case KIND.row:
      return rowProblems(component, path, names)
    case KIND.button:
      return buttonProblems(component, path)
    case KIND.section:
      return [
        ...inner('components', [KIND.textDisplay], 3),
        ...oneProblems(component['accessory'], `${path}.accessory`, [KIND.button, KIND.thumbnail], names),
      ]
    case KIND.textDisplay:
      return lengthProblems(component['content'], `${path}.content`, 1, MAX_TEXT)
    case KIND.thumbnail:
      return mediaProblems(component['media'], `${path}.media`, names)
    case KIND.mediaGallery: {
      const items = listOf(component['items'])
      if (items.length < 1 || items.length > 10)
        return [problem(`${path}.items`, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 10 in length.')]
      return items.flatMap((item, i) =>
        mediaProblems(isJson(item) ? item['media'] : undefined, `${path}.items.${i}.media`, names),
      )
    }
    case KIND.file:
      return mediaProblems(component['file'], `${path}.file`, names)
    case KIND.container:
      return inner('components', IN_CONTAINER, MAX_COMPONENTS)
    case KIND.separator:
      return []
    default:
      return selectProblems(component, path)
  }
}

function rowProblems(row: Json, path: string, names: readonly string[]): readonly Problem[] {
  const items = listOf(row['components'])
  const isSelect = (item: unknown): boolean => isJson(item) && item['type'] !== KIND.button
  const tooWide = items.length > MAX_BUTTONS || (items.some(isSelect) && items.length > 1)
  if (items.length === 0)
    return [problem(`${path}.components`, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.')]
  return [
    ...(tooWide
      ? [
          problem(
            `${path}.components`,
            'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
            'The specified component exceeds the maximum width',
          ),
        ]
      : []),
    ...items.flatMap((item, i) => oneProblems(item, `${path}.components.${i}`, [2, 3, 5, 6, 7, 8], names)),
  ]
}

function buttonProblems(button: Json, path: string): readonly Problem[] {
  const { style, label, emoji } = button
  if (![1, 2, 3, 4, 5, 6].some((known) => known === style))
    return [problem(`${path}.style`, 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3, 4, 5, 6}.')]
  const isLink = style === 5
  return [
    ...(label === undefined && emoji === undefined && style !== 6
      ? [problem(path, 'BUTTON_COMPONENT_INVALID_LABEL', 'A button must have a label or emoji')]
      : []),
    ...(label === undefined || label === null ? [] : lengthProblems(label, `${path}.label`, 0, 80)),
    ...(style === 6
      ? []
      : isLink
        ? lengthProblems(button['url'], `${path}.url`, 1, 512)
        : lengthProblems(button['custom_id'], `${path}.custom_id`, 1, 100)),
    ...(isLink && typeof button['custom_id'] === 'string'
      ? [
          problem(
            path,
            'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
            'A custom id and url cannot both be specified',
          ),
        ]
      : []),
  ]
}

function selectProblems(select: Json, path: string): readonly Problem[] {
  const options = listOf(select['options'])
  const badCount = select['type'] === KIND.stringSelect && (options.length < 1 || options.length > 25)
  return [
    ...lengthProblems(select['custom_id'], `${path}.custom_id`, 1, 100),
    ...(select['placeholder'] === undefined
      ? []
      : lengthProblems(select['placeholder'], `${path}.placeholder`, 0, 150)),
    ...(badCount
      ? [problem(`${path}.options`, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 25 in length.')]
      : []),
    ...options.flatMap((option, i) =>
      ['label', 'value'].flatMap((key) =>
        lengthProblems(isJson(option) ? option[key] : undefined, `${path}.options.${i}.${key}`, 1, 100),
      ),
    ),
  ]
}

function mediaProblems(media: unknown, path: string, names: readonly string[]): readonly Problem[] {
  const url = isJson(media) ? media['url'] : undefined
  if (typeof url !== 'string') return [problem(`${path}.url`, 'BASE_TYPE_REQUIRED', 'This field is required')]
  if (!url.startsWith('attachment://') || names.includes(url.slice('attachment://'.length))) return []
  return [problem(`${path}.url`, 'URL_TYPE_INVALID_URL', 'Referenced attachment not found')]
}

function lengthProblems(value: unknown, path: string, min: number, max: number): readonly Problem[] {
  if (value === undefined || value === null)
    return [problem(path, 'BASE_TYPE_REQUIRED', 'This field is required')]
  if (typeof value !== 'string')
    return [problem(path, 'STRING_TYPE_CONVERT', 'Could not interpret value as string.')]
  if (value.length >= min && value.length <= max) return []
  return [
    min === 0
      ? problem(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)
      : problem(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`),
  ]
}

function duplicateIds(everyone: readonly Json[]): readonly Problem[] {
  const ids = everyone.flatMap(({ custom_id: id }) => (typeof id === 'string' ? [id] : []))
  return new Set(ids).size === ids.length
    ? []
    : [problem('components', 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated')]
}

function problem(path: string, code: string, message: string): Problem {
  return { path, code, message }
}
