// How does an editor know what may stand in config/bridge.yaml?

import { z } from 'zod'
import { isRecord, valueAt } from './issues.ts'
import { PLATFORM_KINDS } from './platform-schema.ts'
import { fileSchema } from './schema.ts'

/** The JSON Schema that config/bridge.schema.json holds, for editors. */
export function configJsonSchema(): unknown {
  const schema: unknown = z.toJSONSchema(fileSchema, {
    io: 'input',
    target: 'draft-7',
    // `kind` is understood from the other keys, or from the account's name.
    override: ({ jsonSchema }) => {
      const required = jsonSchema.required?.filter((key) => key !== 'kind')
      if (required !== undefined) jsonSchema.required = required
    },
  })
  const properties = valueAt(schema, ['properties'])
  if (!isRecord(schema) || !isRecord(properties)) throw new Error('the schema of the file is no object')
  return {
    title: 'Coze Bridge configuration',
    ...schema,
    properties: { ...properties, platforms: withAccounts(properties['platforms']) },
  }
}

/** An account named like a platform is one; any other says its kind: several take a token and nothing else. */
function withAccounts(platforms: unknown): unknown {
  const all = valueAt(platforms, ['additionalProperties', 'oneOf'])
  if (!isRecord(platforms) || !Array.isArray(all)) throw new Error('platforms has no kinds')
  const kindOf = (variant: unknown) => valueAt(variant, ['properties', 'kind', 'const'])
  const variants = all.filter((variant: unknown) => PLATFORM_KINDS.includes(String(kindOf(variant))))
  return {
    ...platforms,
    properties: Object.fromEntries(
      PLATFORM_KINDS.map((kind) => [kind, variants.find((variant) => kindOf(variant) === kind)] as const),
    ),
    additionalProperties: { oneOf: variants.map(withKind) },
  }
}

function withKind(variant: unknown): unknown {
  const required = valueAt(variant, ['required'])
  if (!isRecord(variant)) return variant
  return { ...variant, required: ['kind', ...(Array.isArray(required) ? required.map(String) : [])] }
}
