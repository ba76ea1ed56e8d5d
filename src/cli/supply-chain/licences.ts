/**
 * The licences that the project has agreed to, as packages spell them. What goes into the Worker is passed on to others, so
 * its list is short; tools and tests stay on the developer's machine.
 */

export const deployedLicences: readonly string[] = ['Apache-2.0', 'BSD-3-Clause', 'MIT']

export const toolLicences: readonly string[] = [
  ...deployedLicences,
  '(MIT AND Zlib)',
  '0BSD',
  'Apache-2.0 AND LGPL-3.0-or-later',
  'Apache-2.0 AND LGPL-3.0-or-later AND MIT',
  'BSD-2-Clause',
  'CC0-1.0',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT OR Apache-2.0',
  'MIT-0',
  'MPL-2.0',
  'Unlicense',
]
