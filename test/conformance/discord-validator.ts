// Is a Discord payload what Discord describes? Its OpenAPI document, made strict about unknown fields in answers.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { DiscordExchange } from '../../src/emulators/discord/index.ts'

/** Each function answers with the faults found, as sentences; an empty list is a pass. */
export interface DiscordValidator {
  request(method: string, path: string, payload: unknown): readonly string[]
  answer(method: string, path: string, status: number, body: unknown): readonly string[]
  /** One object against a schema's name: `MessageResponse`. */
  object(name: string, value: unknown): readonly string[]
  /** Request and answer of one observed call; a refused request need not be as described. */
  exchange(exchange: DiscordExchange): readonly string[]
}

type Schema = Readonly<Record<string, unknown>>

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly responses: Readonly<
      Record<string, { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }>
    >
  }
}

/** Required by the document and absent in life; the one list of differences. */
const ABSENT: Readonly<Record<string, { readonly filler: Schema; readonly source: string }>> = {
  RatelimitedResponse: {
    filler: { code: 0 },
    source: 'https://docs.discord.com/developers/topics/rate-limits: the example answers have no code',
  },
}
/** Described otherwise than it is. */
const DIFFERENT: Readonly<Record<string, { readonly schema: Schema; readonly source: string }>> = {
  MessageReferenceType: {
    schema: { enum: [0, 1] },
    source: 'https://docs.discord.com/developers/resources/message#message-reference-types: 1 is a forward',
  },
  InnerErrors: {
    schema: {
      type: 'object',
      required: ['_errors'],
      properties: {
        _errors: {
          type: 'array',
          items: {
            type: 'object',
            required: ['code', 'message'],
            properties: { code: { type: 'string' }, message: { type: 'string' } },
          },
        },
      },
    },
    source: 'https://docs.discord.com/developers/reference#error-messages: inner codes are words',
  },
}
/** Sent, and not described. */
const ADDED: Readonly<Record<string, { readonly field: string; readonly source: string }>> = {
  CreatedThreadResponse: {
    field: 'message',
    source: 'https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel',
  },
}
/** Parts of `allOf`: closed, they would refuse each other's fields. */
const OPEN: readonly string[] = ['Error', 'ErrorDetails', 'InnerErrors']

/** Reads the description in `folder` and compiles a schema at its first use. */
export function createDiscordValidator(folder: string): DiscordValidator {
  const description = JSON.parse(readFileSync(join(folder, 'discord-openapi.json'), 'utf8')) as Description
  const lenient = ajvWith(description.components.schemas)
  const strict = ajvWith(
    Object.fromEntries(
      Object.entries(description.components.schemas).map(([name, schema]) => [
        name,
        strictSchema(name, schema),
      ]),
    ),
  )
  const compiled = new Map<string, ValidateFunction>()
  const check = (key: string, ajv: Ajv2020, schema: Schema, value: unknown): readonly string[] => {
    const validate = compiled.get(key) ?? ajv.compile(moved(schema) as Schema)
    compiled.set(key, validate)
    if (validate(value)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${key}${instancePath}: ${message ?? ''} ${JSON.stringify(params)}`,
    )
  }
  const operationOf = (method: string, path: string): { name: string; operation: Operation } | undefined => {
    const candidates = Object.entries(description.paths)
      .filter(([template]) => fits(template, path))
      .sort(([a], [b]) => blanks(a) - blanks(b))
    for (const [template, methods] of candidates) {
      const operation = methods[method.toLowerCase()]
      if (operation !== undefined) return { name: `${method} ${template}`, operation }
    }
    return undefined
  }
  const validator: DiscordValidator = {
    request(method, path, payload) {
      const found = operationOf(method, path)
      if (found === undefined) return [`${method} ${path}: Discord describes no such route`]
      const schema = found.operation.requestBody?.content['application/json']?.schema
      if (schema === undefined) return []
      return check(`request ${found.name}`, lenient, schema, payload)
    },
    answer(method, path, status, body) {
      const found = operationOf(method, path)
      if (found === undefined) return [`${method} ${path}: Discord describes no such route`]
      if (status === 429) return validator.object('RatelimitedResponse', body)
      if (status >= 400) return validator.object('ErrorResponse', body)
      const response = found.operation.responses[String(status)]
      if (response === undefined) return [`${found.name}: ${status} is not among its answers`]
      const schema = response.content?.['application/json']?.schema
      if (schema === undefined) return body === undefined ? [] : [`${found.name}: ${status} has no body`]
      return check(`answer ${status} ${found.name}`, strict, schema, body)
    },
    object: (name, value) =>
      check(name, strict, { $ref: `#/components/schemas/${name}` }, filled(name, value)),
    exchange({ method, path, payload, fileCount, status, response }) {
      const { list } = payload as { readonly list?: unknown }
      const isRead = method === 'GET' || method === 'DELETE' || status >= 400 || fileCount > 0
      return [
        ...(isRead ? [] : validator.request(method, path, list ?? payload)),
        ...validator.answer(method, path, status, response),
      ]
    },
  }
  return validator
}

function ajvWith(schemas: Readonly<Record<string, Schema>>): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false })
  ajv.addSchema({ $id: 'discord', $defs: moved(schemas) as Schema })
  return ajv
}

/** References lead into one document of definitions. */
function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/components/schemas/', 'discord#/$defs/')
        : moved(inner),
    ]),
  )
}

/** An object with described fields has no others, wherever the schema stands. */
function strictSchema(name: string, schema: Schema): Schema {
  const different = DIFFERENT[name]?.schema
  if (different !== undefined) return different
  if (OPEN.includes(name)) return schema
  const closed = closedIn(schema) as Schema
  const added = ADDED[name]?.field
  if (added === undefined) return closed
  return { ...closed, properties: { ...(closed['properties'] as Schema), [added]: {} } }
}

function closedIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedIn)
  if (typeof value !== 'object' || value === null) return value
  const inner: Schema = Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      key === 'allOf' ? item : closedIn(item),
    ]),
  )
  const isClosable =
    typeof inner['properties'] === 'object' &&
    inner['additionalProperties'] === undefined &&
    inner['allOf'] === undefined
  return isClosable ? { ...inner, unevaluatedProperties: false } : inner
}

function fits(template: string, path: string): boolean {
  const expected = template.split('/')
  const segments = path.split('/').map((segment) => decodeURIComponent(segment))
  return (
    expected.length === segments.length &&
    expected.every((part, i) => part.startsWith('{') || part === segments[i])
  )
}

function blanks(template: string): number {
  return template.split('{').length
}

function filled(name: string, value: unknown): unknown {
  const absent = ABSENT[name]
  return absent === undefined || typeof value !== 'object' ? value : { ...absent.filler, ...value }
}
