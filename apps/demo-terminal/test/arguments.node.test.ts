import { describe, expect, it } from 'vitest'
import { readArguments } from '../src/arguments.ts'
import { longestLine, run } from './harness.ts'

describe('readArguments', () => {
  it.each([
    [[], { help: false, once: false, liveConfig: undefined }],
    [['--once'], { help: false, once: true, liveConfig: undefined }],
    [['--live', '--config', 'c.json'], { help: false, once: false, liveConfig: 'c.json' }],
    [['--config=c.json', '--live', '--once'], { help: false, once: true, liveConfig: 'c.json' }],
    [['-h'], { help: true, once: false, liveConfig: undefined }],
    [['--help', '--live'], { help: true, once: false, liveConfig: undefined }],
  ])('%j', (argv, expected) => {
    expect(readArguments(argv)).toEqual(expected)
  })

  it.each([
    [['--live'], '--live needs --config FILE'],
    [['--config', 'c.json'], '--config is for live runs'],
    [['--live', '--config='], '--config needs a file name'],
    [['--live', '--config'], '--config'],
    [['--alive'], "Unknown option '--alive'"],
    [['live'], 'Unexpected argument'],
  ])('refuses %j', async (argv, message) => {
    expect(() => readArguments(argv)).toThrow(message)
    const { status, stdout, stderr } = await run({ argv })
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/\nTry npm start -- --help\n$/)
  })
})

it('--help tells the options and starts nothing', async () => {
  const { status, stdout } = await run({ argv: ['--help'] })
  expect(status).toBe(0)
  expect(longestLine(stdout)).toBeLessThanOrEqual(80)
  for (const option of ['--once', '--live --config FILE', '--help']) {
    expect(stdout).toContain(option)
  }
  expect(stdout).not.toContain('listen')
})
