// Is a Bot API payload what Telegram describes? The official description as JSON schemas, strict about unknown fields.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import type { TelegramExchange } from '../../src/emulators/telegram/index.ts'

/** Each function answers with the faults found, as sentences; an empty list is a pass. */
export interface TelegramValidator {
  request(method: string, payload: unknown, options?: { readonly fromForm?: boolean }): readonly string[]
  result(method: string, value: unknown): readonly string[]
  update(value: unknown): readonly string[]
  /** Request and answer of one observed call. */
  exchange(exchange: TelegramExchange): readonly string[]
}

interface Field {
  readonly name: string
  readonly types: readonly string[]
  readonly required: boolean
  readonly description: string
}

interface Described {
  readonly name: string
  readonly fields?: readonly Field[]
  readonly subtypes?: readonly string[]
  readonly returns?: readonly string[]
}

interface Description {
  readonly methods: Readonly<Record<string, Described>>
  readonly types: Readonly<Record<string, Described>>
}

type Schema = Readonly<Record<string, unknown>>

/** Newer than the description (Bot API 10.1), by type or method. The one list of known differences. */
const NEWER: Readonly<
  Record<
    string,
    readonly { readonly name: string; readonly types: readonly string[]; readonly source: string }[]
  >
> = {
  Update: [
    {
      name: 'stopped_message_generation',
      types: ['StoppedMessageGeneration'],
      source: 'Bot API 10.3, https://core.telegram.org/bots/api#august-24-2026',
    },
  ],
  sendMessageDraft: stopFields(),
  sendRichMessageDraft: stopFields(),
  InlineKeyboardButton: [
    {
      name: 'disabled',
      types: ['DisabledButton'],
      source: 'Bot API 10.3, @grammyjs/types 5.0.0 DisabledButton',
    },
  ],
  InputRichMessage: [
    {
      name: 'blocks',
      types: ['Array of RichBlock'],
      source: 'Bot API 10.2, https://core.telegram.org/bots/api#july-14-2026',
    },
  ],
}

const NEWER_TYPES: Readonly<Record<string, Described>> = {
  DisabledButton: { name: 'DisabledButton', fields: [] },
  StoppedMessageGeneration: {
    name: 'StoppedMessageGeneration',
    fields: [
      { name: 'chat', types: ['Chat'], required: true, description: '' },
      { name: 'message_thread_id', types: ['Integer'], required: false, description: '' },
      // Documented as an integer; field reports saw the server send a string.
      { name: 'draft_id', types: ['Integer', 'String'], required: true, description: '' },
    ],
  },
}

/** Reads the description in `folder` and compiles a schema at its first use. */
export function createTelegramValidator(folder: string): TelegramValidator {
  const description = JSON.parse(readFileSync(join(folder, 'telegram-api.min.json'), 'utf8')) as Description
  const types = { ...description.types, ...NEWER_TYPES }
  const definitions = Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, typeSchema(type)]),
  )
  const strict = ajvWith(definitions, false)
  const lenient = ajvWith(definitions, true)
  const methods = new Map(
    Object.entries(description.methods).map(([name, method]) => [name.toLowerCase(), method]),
  )
  const compiled = new Map<string, ValidateFunction>()

  const check = (
    key: string,
    ajv: Ajv,
    schema: () => Schema,
    value: unknown,
    what: string,
  ): readonly string[] => {
    const validate = compiled.get(key) ?? ajv.compile(schema())
    compiled.set(key, validate)
    if (validate(value)) return []
    const faults = validate.errors ?? []
    return faults.map(
      ({ instancePath, message, params }) =>
        `${what}${instancePath}: ${message ?? ''} ${JSON.stringify(params)}`,
    )
  }
  const methodOf = (name: string): Described | undefined => methods.get(name.toLowerCase())

  const validator: TelegramValidator = {
    request(name, payload, { fromForm = false } = {}) {
      const method = methodOf(name)
      if (method === undefined) return [`${name}: Telegram describes no such method`]
      const ajv = fromForm ? lenient : strict
      const value = fromForm ? structuredClone(payload) : payload
      return check(`request ${name} ${fromForm}`, ajv, () => objectSchema(method), value, name)
    },
    result(name, value) {
      const method = methodOf(name)
      if (method === undefined) return [`${name}: Telegram describes no such method`]
      return check(`result ${name}`, strict, () => anyOf(method.returns ?? []), value, `result of ${name}`)
    },
    update: (value) => check('Update', strict, () => anyOf(['Update']), value, 'update'),
    exchange({ method, payload, encoding, response, status }) {
      const request = validator.request(method, payload, {
        fromForm: encoding === 'form' || encoding === 'multipart',
      })
      const answer =
        response['ok'] === true
          ? validator.result(method, response['result'])
          : check('failure', strict, () => FAILURE, { ...response, status }, `failure of ${method}`)
      return [...request, ...answer]
    },
  }
  return validator
}

/** https://core.telegram.org/bots/api#making-requests; the status is added by the exchange and equals the code. */
const FAILURE: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['ok', 'error_code', 'description'],
  properties: {
    ok: { const: false },
    error_code: { type: 'integer' },
    description: { type: 'string' },
    parameters: { $ref: 'telegram#/$defs/ResponseParameters' },
    status: { type: 'integer' },
  },
}

function ajvWith(definitions: Readonly<Record<string, Schema>>, coerceTypes: boolean): Ajv {
  const ajv = new Ajv({ strict: false, coerceTypes })
  ajv.addSchema({ $id: 'telegram', $defs: definitions })
  return ajv
}

function typeSchema(type: Described): Schema {
  if (type.subtypes !== undefined) return anyOf(type.subtypes)
  // A file is an upload; on the wire it is text that names a part of the form.
  return type.name === 'InputFile' ? { type: 'string' } : objectSchema(type)
}

function objectSchema({ name, fields = [] }: Described): Schema {
  const known = Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)]))
  const newer = Object.fromEntries((NEWER[name] ?? []).map((field) => [field.name, anyOf(field.types)]))
  return {
    type: 'object',
    additionalProperties: false,
    properties: { ...known, ...newer },
    required: fields.filter(({ required }) => required).map((field) => field.name),
  }
}

/** A field that tells subtypes apart has one value only: `always "member"`, `must be photo`. */
function fieldSchema({ types, description, name }: Field): Schema {
  const tells = name === 'type' || name === 'status' || name === 'source'
  const value = tells ? /(?:always|must be) ["“]?([a-z_]+)["”]?$/.exec(description)?.[1] : undefined
  return value === undefined ? anyOf(types) : { const: value }
}

function anyOf(types: readonly string[]): Schema {
  const schemas = types.map(oneType)
  const only = schemas.length === 1 ? schemas[0] : undefined
  return only ?? { anyOf: schemas }
}

function oneType(type: string): Schema {
  if (type.startsWith('Array of ')) return { type: 'array', items: oneType(type.slice('Array of '.length)) }
  switch (type) {
    case 'Integer':
      return { type: 'integer' }
    case 'Float':
      return { type: 'number' }
    case 'String':
      return { type: 'string' }
    case 'Boolean':
      return { type: 'boolean' }
    default:
      return { $ref: `telegram#/$defs/${type}` }
  }
}

function stopFields(): readonly {
  readonly name: string
  readonly types: readonly string[]
  readonly source: string
}[] {
  const source = 'Bot API 10.3, https://core.telegram.org/bots/api#august-24-2026'
  return [
    { name: 'can_stop', types: ['Boolean'], source },
    { name: 'keep_on_stop', types: ['Boolean'], source },
  ]
}
