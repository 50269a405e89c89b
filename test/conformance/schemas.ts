// Where are the official schemas, and what is said where they are not?
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'

/** The folder `schemas` of the folder `shared` beside this checkout, if it is there. */
export function schemasFolder(): string | undefined {
  const folder = fileURLToPath(new URL('../../../shared/schemas', import.meta.url))
  return existsSync(folder) ? folder : undefined
}

/** `describe`, skipped with the reason in its title where the schemas are absent. */
export function describeWithSchemas(title: string, tests: (folder: string) => void): void {
  const folder = schemasFolder()
  if (folder === undefined)
    describe.skip(`${title} (skipped: no ../shared/schemas beside the checkout)`, () => tests(''))
  else describe(title, () => tests(folder))
}
