// How do the new files get where they belong: all or none, nothing lost that was there?

import { chmod, copyFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface NewFile {
  /** From the owner's folder. */
  readonly path: string
  readonly text: string
  readonly mode: number
}

/** The text of what is there; undefined: nothing. Rejects where it cannot be read. */
export async function textOf(folder: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, path), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * 1. Every file is written whole beside its place. 2. What is in a place is copied, as private as it is and as it will be.
 * 3. Every file is moved into its place. Until the third step nothing has changed. Answers the copies' paths.
 */
export async function putFiles(
  folder: string,
  files: readonly NewFile[],
  stamp: string,
): Promise<readonly string[]> {
  const copies: string[] = []
  try {
    for (const file of files) await writeBeside(folder, file, stamp)
    for (const { path, mode } of files) {
      if ((await textOf(folder, path)) === undefined) continue
      const copy = `${path}.${stamp}.bak`
      await copyFile(join(folder, path), join(folder, copy))
      await chmod(join(folder, copy), mode & (await stat(join(folder, path))).mode)
      copies.push(copy)
    }
    for (const { path } of files) await rename(beside(folder, path, stamp), join(folder, path))
    return copies
  } finally {
    for (const { path } of files) await rm(beside(folder, path, stamp), { force: true })
  }
}

async function writeBeside(folder: string, { path, text, mode }: NewFile, stamp: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  const file = await open(beside(folder, path, stamp), 'wx', mode)
  try {
    // Whatever the process's mask says.
    await file.chmod(mode)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function beside(folder: string, path: string, stamp: string): string {
  return join(folder, `${path}.${stamp}.new`)
}
