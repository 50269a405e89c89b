// Does an exchange with Coze match Coze's OpenAPI document?
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import type { ValidateFunction } from 'ajv'
import { parse } from 'yaml'
import type { CozeExchange } from '../../src/emulators/coze/index.ts'

/** What is wrong with one exchange, a sentence each: `answer /path …`, `event /path …`, `request /path …`. */
export type CozeChecker = (exchange: CozeExchange) => readonly string[]

/** Reads the document in `folder`. */
export function createCozeChecker(folder: string): CozeChecker {
  return checkerOf(parse(readFileSync(join(folder, 'coze-openapi.yaml'), 'utf8')) as OpenApi)
}

interface Operation {
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >
}

interface OpenApi {
  readonly components: object
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

function checkerOf(api: OpenApi): CozeChecker {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema({ $id: 'coze', components: api.components })
  const compiled = new Map<string, ValidateFunction>()
  const check = (what: string, schema: object | undefined, value: unknown): string[] => {
    if (schema === undefined) return []
    const text = JSON.stringify(schema).replaceAll('"#/', '"coze#/')
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object)
    compiled.set(text, validate)
    if (validate(value)) return []
    return (validate.errors ?? []).map((error) => `${what} ${error.instancePath} ${error.message ?? ''}`)
  }
  const named = (name: string): object => ({ $ref: `#/components/schemas/${name}` })
  return (exchange) => {
    const operation = findOperation(api, exchange)
    if (operation === undefined) return []
    const { path } = exchange
    const faults: string[] = []
    const requestSchema = operation.requestBody?.content?.['application/json']?.schema
    if (exchange.requestBody !== undefined)
      faults.push(...check(`request ${path}`, requestSchema, exchange.requestBody))
    if (exchange.contentType === 'application/json' && exchange.status === 200) {
      const schema = operation.responses?.['200']?.content?.['application/json']?.schema
      faults.push(...check(`answer ${path}`, schema, exchange.responseBody))
    }
    // A workflow's events are documented together, as one flat answer.
    const isWorkflow = path.startsWith('/v1/workflow/stream_')
    const flat = operation.responses?.['200']?.content?.['application/json']?.schema
    for (const { event, data } of exchange.events ?? []) {
      if (isWorkflow) faults.push(...check(`event ${path} ${event}`, flat, data))
      if (event.startsWith('conversation.chat.'))
        faults.push(...check(`event ${path} ${event}`, named('ChatV3ChatDetail'), data))
      if (event.startsWith('conversation.message.'))
        faults.push(...check(`event ${path} ${event}`, named('ChatV3MessageDetail'), data))
    }
    return faults
  }
}

/** Several paths fit where one has a name and another the very word: the one with fewer names is meant. */
function findOperation(api: OpenApi, exchange: CozeExchange): Operation | undefined {
  const fitting = Object.keys(api.paths).filter((path) =>
    new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(exchange.path),
  )
  const [best] = fitting.sort((a, b) => a.split('{').length - b.split('{').length)
  const operations = best === undefined ? undefined : api.paths[best]
  // The js SDK posts retrieve, which is documented as GET.
  return operations?.[exchange.method.toLowerCase()] ?? operations?.['get']
}
