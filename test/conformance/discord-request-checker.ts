// Is what a bot sends to Discord what Discord describes? Its OpenAPI document, with unknown fields refused.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { DiscordExchange } from '../../src/emulators/discord/index.ts'

/** What is wrong with the body of one request, a sentence each. A file's bytes are not looked at. */
export type DiscordRequestChecker = (exchange: Sent) => readonly string[]
export type Sent = Pick<DiscordExchange, 'method' | 'path' | 'payload'>

type Schema = Readonly<Record<string, unknown>>
interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const COMMANDS =
  'https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands'
const CREATE = 'https://docs.discord.com/developers/resources/message#create-message'

/** Where the platform differs from its document: the one list. A field of a schema is described anew. */
const DIFFERENT: readonly {
  readonly schema: string
  readonly field: string
  readonly is: Schema
  readonly source: string
}[] = [
  ...['MessageCreateRequest', 'MessageEditRequestPartial'].map((schema) => ({
    schema,
    field: 'content',
    is: { type: ['string', 'null'], maxLength: 2_000 },
    source: `${CREATE}: up to 2000 characters; 4000 are for people with Nitro`,
  })),
  {
    schema: 'MessageCreateRequest',
    field: 'nonce',
    is: { type: ['string', 'integer'], maxLength: 25, pattern: '^[a-z0-9]+$' },
    source: `${CREATE}: up to 25 characters; the document's format "nonce" is nowhere defined, ours are letters and digits`,
  },
  {
    schema: 'ApplicationCommandUpdateRequest',
    field: 'nsfw',
    is: { type: ['boolean', 'null'] },
    source: `${COMMANDS}: may be given; the document leaves it out`,
  },
  {
    schema: 'ApplicationCommandUpdateRequest',
    field: 'default_member_permissions',
    is: { type: ['string', 'integer', 'null'] },
    source: `${COMMANDS}: a bit set as text; the document says so of answers only`,
  },
  {
    schema: 'MessageAttachmentRequest',
    field: 'id',
    is: { type: ['string', 'integer'] },
    source:
      'https://docs.discord.com/developers/reference#uploading-files: of a new file it is the number n of files[n]',
  },
]

/** Reads the document in `folder` and compiles a schema at its first use. */
export function createDiscordRequestChecker(folder: string): DiscordRequestChecker {
  const description = JSON.parse(readFileSync(join(folder, 'discord-openapi.json'), 'utf8')) as Description
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const schemas = Object.entries(description.components.schemas).map(
    ([name, schema]) => [name, closed(corrected(name, schema))] as const,
  )
  ajv.addSchema({ $id: 'discord', $defs: Object.fromEntries(schemas) })
  const compiled = new Map<string, ValidateFunction | undefined>()

  return ({ method, path, payload }) => {
    const template = templateOf(description, method, path)
    if (template === undefined) return [`${method} ${path}: Discord describes no such route`]
    const what = `${method} ${template}`
    if (!compiled.has(what)) {
      const schema = operationAt(description, method, template)?.requestBody?.content['application/json']
      compiled.set(what, schema && ajv.compile(closed(schema.schema) as Schema))
    }
    const validate = compiled.get(what)
    const body = payload['list'] ?? payload
    if (validate === undefined) return Object.keys(payload).length > 0 ? [`${what} takes no body`] : []
    if (validate(body)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${what} ${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    )
  }
}

function corrected(name: string, schema: Schema): Schema {
  const different = DIFFERENT.filter((each) => each.schema === name)
  if (different.length === 0) return schema
  const fields = Object.fromEntries(different.map(({ field, is }) => [field, is]))
  return { ...schema, properties: { ...(schema['properties'] as Schema), ...fields } }
}

/** An object with described fields has no others; references lead into one document of definitions. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const inner: Schema = Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      key === '$ref' ? String(item).replace('#/components/schemas/', 'discord#/$defs/') : closed(item),
    ]),
  )
  const isOpen = typeof inner['properties'] === 'object' && inner['additionalProperties'] === undefined
  return isOpen && inner['type'] === 'object' ? { ...inner, unevaluatedProperties: false } : inner
}

/** Several paths fit where one has a name and another the very word: the one with fewer names is meant. */
function templateOf(description: Description, method: string, path: string): string | undefined {
  const segments = path.split('/').map(decodeURIComponent)
  const fits = (template: string): boolean => {
    const parts = template.split('/')
    return (
      parts.length === segments.length &&
      parts.every((part, n) => part.startsWith('{') || part === segments[n])
    )
  }
  return Object.keys(description.paths)
    .filter((template) => fits(template) && operationAt(description, method, template) !== undefined)
    .sort((a, b) => a.split('{').length - b.split('{').length)[0]
}

function operationAt(description: Description, method: string, template: string): Operation | undefined {
  return description.paths[template]?.[method.toLowerCase()]
}
