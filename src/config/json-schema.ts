// How does an editor know what may stand in config/bridge.yaml?

import { z } from 'zod'
import { fileSchema } from './schema.ts'

/** The JSON Schema that config/bridge.schema.json holds, for editors. */
export function configJsonSchema(): unknown {
  return {
    title: 'Coze Bridge configuration',
    ...z.toJSONSchema(fileSchema, {
      io: 'input',
      target: 'draft-7',
      // An account's `kind` defaults to its key, so a person need not write it.
      override: ({ jsonSchema }) => {
        const required = jsonSchema.required?.filter((key) => key !== 'kind')
        if (required !== undefined) jsonSchema.required = required
      },
    }),
  }
}
