/**
 * Password hashes as other systems export them, with the password of each. They come from RFCs, from the documentation and the
 * test suites of the systems named, and otherwise from Python's hashlib: none was made by this service.
 */
import type { LegacyAuth } from '../../src/domain/passwords/imported-password.ts'

const umlauts = 'p\u00e4ssw\u00f6rd 1'

const firebase = {
  base64_signer_key:
    'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  base64_salt_separator: 'Bw==',
  rounds: '8',
  mem_cost: '14',
  salt: '42xEC+ixf3L2lw==',
}

export const exportedPasswords: [name: string, password: string, legacyAuth: LegacyAuth][] = [
  [
    'SAP Commerce, hexadecimal',
    umlauts,
    {
      algorithm: 'hybris-sha512-uid-salt',
      hash: '3b041cddb73d10a1f112a0e78a71be3bbbaa8a0796c61ea042c2d32f88dd1e1c395a2c994e41e27cf79e2c3c10867b1bb0d15db2f496a6ed89dee32a0c5a1895',
      context: { originalUid: 'ada@shop.example', salt: 'salt of the site' },
    },
  ],
  [
    'SAP Commerce, base64',
    umlauts,
    {
      algorithm: 'hybris-sha512-uid-salt',
      hash: 'OwQc3bc9EKHxEqDninG+O7uqigeWxh6gQsLTL4jdHhw5WiyZTkHifPeeLDwQhnsbsNFdsvSWpu2J3uMqDFoYlQ==',
      context: { originalUid: 'ada@shop.example', salt: 'salt of the site' },
    },
  ],
  [
    'SAP Commerce, user id last',
    umlauts,
    {
      algorithm: 'hybris-sha512-uid-salt',
      hash: 'fdaa3f451c5c4b454827c25c89805e7e56337e34bc845a817a59de2ab0b5f4aed5e8dbd0cd26224fbaa8c340e2af9b61cb5d8d69f42a99c52766f89025ca7879',
      context: { originalUid: 'ada@shop.example', salt: 'salt of the site' },
    },
  ],
  [
    'SAP Commerce, user id last and no other salt',
    umlauts,
    {
      algorithm: 'hybris-sha512-uid-salt',
      hash: 'Gj8tVVeGP+tYAIPqk9jiWIPpmoxMkadjcoPEIrxRhDpdLKUFyWvQjKjHkvq+PVmY5V8x1afq5kQcU/mYWJcWQg==',
      context: { originalUid: 'ada@shop.example' },
    },
  ],
  [
    'SAP Commerce, user id first and no other salt',
    umlauts,
    {
      algorithm: 'hybris-sha512-uid-salt',
      hash: 'ClXT4pqFdPPiM2u8A3+/ztzzWQT3Sz97hzCLw5Xb9YZwcrxKWs5KMD68C4zpTE8cdkFEzObeyw6ZfRceiIgNMg==',
      context: { originalUid: 'ada@shop.example' },
    },
  ],
  [
    'bcrypt $2a$, of crypt_blowfish',
    'U*U',
    { algorithm: 'bcrypt', hash: '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' },
  ],
  [
    'bcrypt behind the name of Spring',
    'U*U',
    { algorithm: 'bcrypt', hash: '{bcrypt}$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' },
  ],
  [
    'bcrypt of more than 72 bytes',
    '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored',
    { algorithm: 'bcrypt', hash: '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui' },
  ],
  [
    'scrypt of RFC 7914, as PHC string',
    'pleaseletmein',
    {
      algorithm: 'scrypt',
      hash: '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
    },
  ],
  [
    'scrypt of RFC 7914, parameters in the context',
    'pleaseletmein',
    {
      algorithm: 'scrypt',
      hash: '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
      context: { salt: 'SodiumChloride', saltEncoding: 'utf8', N: '16384', r: '8', p: '1' },
    },
  ],
  [
    'scrypt of a Node service with r = 16',
    umlauts,
    {
      algorithm: 'scrypt',
      hash: '79f8b494790086d40c36912b519832f48e8da1da0f72e6e93522911aed3dfb4e1a80250488dbad7b0ac4d606b646456e03c0114ca2992090a5f78dca018fd32d',
      context: {
        salt: '00112233445566778899aabbccddeeff',
        saltEncoding: 'hex',
        cost: '16384',
        blockSize: '16',
        parallelization: '1',
      },
    },
  ],
  [
    'scrypt of Werkzeug',
    umlauts,
    {
      algorithm: 'scrypt',
      hash: 'scrypt:32768:8:1$uxvEIB4tnWsqcCwn$51c9ac5d94a83826e40da53d5137f9045ef515c1ec149e823f6ebd7bf80a806c8441b8307fb500d1bf4d2973a873e02e6540f60b57692007c1f1d01705959fe3',
    },
  ],
  [
    'scrypt of Django',
    'l\u00e8tmein',
    {
      algorithm: 'scrypt',
      hash: 'scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==',
    },
  ],
  [
    'PBKDF2 of passlib, SHA-256',
    'password',
    {
      algorithm: 'pbkdf2',
      hash: '$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M',
    },
  ],
  [
    'PBKDF2 of RFC 6070, as passlib writes SHA-1',
    'password',
    { algorithm: 'pbkdf2', hash: '$pbkdf2$4096$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE' },
  ],
  [
    'PBKDF2 as PHC string, SHA-512, two blocks',
    umlauts,
    {
      algorithm: 'pbkdf2',
      hash: '$pbkdf2-sha512$i=100000,l=128$MDEyMzQ1Njc4OWFiY2RlZg$jRViTdlVk4IlwaRC+T+IKni3XbMB2zhY+Z9R2vIH5UkgBWeS9D3G9WDv8/kS8DoXlH0MoQNBdLzNUkIemaoyx/iDVT3NBOqbhUJLxJZ+QJaPDcGaP0IRmqnuDVT20IkXHlkw4ejWTu9TfLQfWsv0HRg+bnOLZLWtVvlQ7xdYENA',
    },
  ],
  [
    'PBKDF2 of Django, SHA-256',
    'hashcat',
    {
      algorithm: 'pbkdf2',
      hash: 'pbkdf2_sha256$20000$H0dPx8NeajVu$GiC4k5kqbbR9qWBlsRgDywNqC2vd9kqfk7zdorEnNas=',
    },
  ],
  [
    'PBKDF2 of Django, SHA-1, of more rounds than WebCrypto computes',
    'l\u00e8tmein',
    { algorithm: 'pbkdf2', hash: 'pbkdf2_sha1$120000$seasalt$32QU4EaW+zbJU4XG4Xl9blwMa+I=' },
  ],
  [
    'PBKDF2 of Werkzeug',
    umlauts,
    {
      algorithm: 'pbkdf2',
      hash: 'pbkdf2:sha256:50000$uxvEIB4tnWsqcCwn$8139559430498ba4093bbbc1f8718de7dcf31829c69ff001ca6c7e9e06eee181',
    },
  ],
  [
    'PBKDF2 with its parameters in the context',
    umlauts,
    {
      algorithm: 'pbkdf2',
      hash: '97f90b4ea2cd46066a182c153264289b83000d6f92b2d8ecb2786539c76da181264b2f7e6e5e398db2a9c4e0f672d983ff42ef4a1ca2afc455ae22c45f12364a',
      context: { salt: 'oLHC0+T1', saltEncoding: 'base64', iterations: '1000', digest: 'SHA-1' },
    },
  ],
  [
    'argon2i, version 19',
    'password',
    {
      algorithm: 'argon2',
      hash: '$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG',
    },
  ],
  [
    'argon2i, version 16',
    'password',
    {
      algorithm: 'argon2',
      hash: '$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ',
    },
  ],
  [
    'argon2id, behind the name of Django',
    'password',
    {
      algorithm: 'argon2',
      hash: 'argon2$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    },
  ],
  [
    'Firebase',
    'user1password',
    {
      algorithm: 'firebase-scrypt',
      hash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
      context: firebase,
    },
  ],
  [
    'Firebase, as its command exports them',
    'user1password',
    {
      algorithm: 'firebase-scrypt',
      hash: 'lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==',
      context: firebase,
    },
  ],
  [
    'Auth0, password_hash',
    'U*U',
    { algorithm: 'auth0', hash: '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' },
  ],
  [
    'Auth0, scrypt',
    umlauts,
    {
      algorithm: 'auth0',
      hash: JSON.stringify({
        algorithm: 'scrypt',
        hash: { value: '+QC62FpvOY0+b1SZxx7s+eYKk9XtgqOVNXOrRNrhuF0=', encoding: 'base64' },
        salt: { value: 'NaCl' },
        cost: 4096,
        blockSize: 8,
        parallelization: 2,
      }),
    },
  ],
  [
    'Auth0, sha512',
    umlauts,
    {
      algorithm: 'auth0',
      hash: JSON.stringify({
        algorithm: 'sha512',
        hash: {
          value:
            'a24d82331ca2c69a749b452eb5ce27852713845641cb6206675d84873487c866a09462376ae987936ec0754210f5e230ad55c8772113fa375cfe755e221825df',
          encoding: 'hex',
        },
        salt: { value: 'pepper', position: 'prefix' },
        password: { encoding: 'utf8' },
      }),
    },
  ],
  [
    'Auth0, pbkdf2',
    'password',
    {
      algorithm: 'auth0',
      hash: JSON.stringify({
        algorithm: 'pbkdf2',
        hash: { value: '$pbkdf2-sha1$i=4096,l=20$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE', encoding: 'utf8' },
      }),
    },
  ],
  [
    'Auth0, argon2',
    'password',
    {
      algorithm: 'auth0',
      hash: JSON.stringify({
        algorithm: 'argon2',
        hash: { value: '$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG' },
      }),
    },
  ],
  [
    'ASP.NET Core Identity, version 3',
    'my password',
    {
      algorithm: 'aspnet-identity',
      hash: 'AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==',
    },
  ],
  [
    'ASP.NET Identity, version 2',
    'my password',
    {
      algorithm: 'aspnet-identity',
      hash: 'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg==',
    },
  ],
]
