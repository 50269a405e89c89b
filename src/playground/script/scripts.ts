// Which scripts are there?

import type { Script } from './step.ts'
import { workflows } from './workflows/script.ts'

export const SCRIPTS: readonly Script[] = [workflows]
