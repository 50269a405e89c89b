// Is this Node new enough? Asked before anything is imported that would crash on an older one.

/** What package.json's `engines` says. */
const NEEDED = { major: 24, minor: 15 } as const

/** A sentence for the terminal; undefined when all is well. */
export function versionFault(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > NEEDED.major || (major === NEEDED.major && minor >= NEEDED.minor)) return undefined
  return (
    `This program needs Node ${NEEDED.major}.${NEEDED.minor} or newer and was started with ${version}. ` +
    'Start it through npm ("npm start", "npm run playground"): the project brings its own Node, installed by "npm ci".'
  )
}
