import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@isoauth/sandbox/node'
import { expect, it } from 'vitest'
import { flat, isoauth } from './harness.ts'
import { checkFiles, register } from './support.ts'

it('searches parameters that OpenSSL and the portal accept', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'isoauth-keygen-'))
  const server = await serve({ port: 0 })
  try {
    const { status, stderr } = await isoauth(['keygen', '--out', '.'], { cwd })
    expect(stderr).toMatch(/Done: [\d,]+ candidates tested/)
    expect(status).toBe(0)
    checkFiles(cwd)
    const config = await register(server, cwd)
    await writeFile(join(cwd, 'isoauth.json'), JSON.stringify(config), { mode: 0o600 })
    const doctor = await isoauth(['doctor', '--config', 'isoauth.json'], { cwd })
    expect(flat(doctor.stdout)).toContain('ok dhParameters 2048 bits, a prime of your own')
    expect(doctor.status).toBe(0)
  } finally {
    await server.close()
    await rm(cwd, { recursive: true })
  }
})
