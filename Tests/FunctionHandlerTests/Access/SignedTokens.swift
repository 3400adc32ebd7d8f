/// Keys and tokens that OpenSSL made; the private keys were thrown away.
enum SignedTokens {
    static let issuer = "https://id.example"
    /// The tokens end at 2,000,000,000 seconds since 1970.
    static let end: Double = 2_000_000_000
    static let keys = #"""
        {"keys":[{"kty":"RSA","kid":"r1","use":"sig","alg":"RS256","n":"u1gbDqnlkWunejR-s9_4_V5cGo5qnM21XC99-mzxGcxC46qnjzRbIxov38q2OGueP7p-uv7dIjPzYOHnOi9mzxPwdYvljnoq8bEqSQT7bV7zLkjOI3e7nViCxhqx9m7lZAZ5DD8WA8stXu3S-2DJpTIHQcPE5ep-gklaOeUto1qA7RwufhMt2MpTtzzx8_peqD1sVrSz8K_Vi_gMsMqGNDzxAD8bf3IwDp-5LwISL3UAb7LPciuzK3wPzEXiCQHHrpXHASOtlvwZx7dNkAvbjp-_Du3JhsQ_0jMgqcvMr1Df0zQBjfEH7LoGg8y-IswgTfeHnt_KuYES_wGirOD4UQ","e":"AQAB"},{"kty":"EC","kid":"e1","use":"sig","crv":"P-256","x":"wNJtg7bEfxSNwcIUZ59Y20zmwQBV3x2ZN2j3bF5PyrQ","y":"0_fuFT3qS-8tC-PksYsrGxl8aAMebt0uMZc317pWtCA"},{"kty":"oct","kid":"s1","k":"AAAA"}]}
        """#
    static let user =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIxIn0."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJzaG9wIiwic3ViIjoiVS0xIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE5MDAwMDAwMDB9."
        + "t0oZcDYUJqcSkV9E5IkrjVB4APP0HiHuRtMvZiyjkyen2nbz16pnIXB9BcFW7a6WVBWn8Lf286D7J2spX-xB8XqDluJ_bFly2Io-"
        + "1XykoJAdfljfVDPsQYJB0Wnwb-gfI7BAEibwuMXA1bUl69MvZLyMqs-9A-sVYImfh1AyOIMG3itU3MkyfddHZi4wk7FZC12dZSot"
        + "0oTPDqIXn2Jvg1jEWVZY0YEmu2GjtaWye9irjWvTId9Bvv0-fLffFgNZaqJbQDMmYixRwSSsd5NOlKbCPtBk6gYP0oskQwWtWxQ2"
        + "uB2xQPfcA6rtgdfL1fdudt3Gqtw688MrqBqzX7Qx-Q"
    static let userEC =
        "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImUxIn0."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJzaG9wIiwic3ViIjoiVS0xIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE5MDAwMDAwMDB9."
        + "eWisGipP7FmvVq4r9fjElim1_nIAfKgVJJH87E5rpygJPZCdo0w5hL9Cboy440enOs4Hs_AVfeVHcss-fNCCmQ"
    static let noKid =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJzaG9wIiwic3ViIjoiVS0xIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE5MDAwMDAwMDB9."
        + "MvbenpYn4n0THeGqxcc9ZoPQmuFJuS1Y2tylb7NGU1lbXwRTP0HErZv_Xn_VFMB-FfGhsxt0VVEY2fdK5pA3HXdh1e2Hjxiit_x_"
        + "89je-7rM4cNkE6btC6LUEA5Qdo2Xx5LqYRC20QJZaigoDtCQCwTa3J_Q2q437IVFooSnbR0aQJIWM8G3WsINOigH1LsIl16Ya4NS"
        + "YhXcaQY7eMgUpYobyOXl74ETXsP2YJvA6o1cZJd7Mspc1dO7Nxd2lU3UdJFDrZgNZIrZpgAfIjp7g1_9F-rQ8_pPh6Fsu0P9Fc2l"
        + "wSYqRAvrovzK5Ay56iIAruKQu09QRKcC6ZXtOzS9yw"
    static let admin =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIxIn0."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJzaG9wIiwic3ViIjoiQS0xIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE5MDAwMDAwMDAsInJvbGVzIjpbInJlYWRlciIsImFkbWluIl19."
        + "mnHrY2diY8b_R7fZ4eiWICVzs741mslZWmfRner-Da2kLySuupHiHdq8M7lmx5S6GkWm9XPNjIEo46_I46Byx4InctGZwDBeHb3H"
        + "gSG3MiNncQ3fYE5q7PgkNRKfHJNQS56pyeHInXAChPKRbjCdJN5Sen4RUczy025TY8-l2OH2aAz_H38kIyxNcxqBi36lMZZ1ya5z"
        + "5D839tvcO4_ogBIllz5oaQVs9FyIreEGSGr-U19LPJv9JSo3ZbuizfR55hVLrCknpz08QF6E9Cs-kPoZVh5LIbBbsQEaKS3GiV0h"
        + "axTvYgd6fFqThMpFGu9VSpflWsYtdjd-FKrD1Kdkdw"
    static let list =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIxIn0."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOlsib3RoZXIiLCJzaG9wIl0sInN1YiI6IlUtMSIsImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ."
        + "SMHtAFrIUav0UGaRAqgXqXfnA1m7xWkaK4eUkv4AOIzI55SQs89l_fS-tw9a-1K3HIqudkPuDPVSXIhhdLUpVhBpNdM9_oTlRiKu"
        + "sbJAU6DLPoVrMTx7POs39PP82mK0aUPJFLlSPsRVqW-Z8Ya2tHaFKd7Ru36GTNETtXBHyJyahtTbGNDBjd2NGFxQhieGLV32DV1M"
        + "O6Y4pzydCCmzGdCEUhqWPGv8RS7GaOFReE-v2pp0L9oRON-R8jZpcfWbMzCDLqUqoLVsVIOlPJO9agE15Jxm8-SPYpA83eRLBa1G"
        + "9ykHzqiQTu3c-HsIfgAj8S3N-jRJFZcNYzZaD4U5kQ"
    static let wrongIssuer =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIxIn0."
        + "eyJpc3MiOiJodHRwczovL2V2aWwuZXhhbXBsZSIsImF1ZCI6InNob3AiLCJzdWIiOiJVLTEiLCJleHAiOjIwMDAwMDAwMDAsImlhdCI6MTkwMDAwMDAwMH0."
        + "kFurBeoxkiQizHnVJMf0DN79G85I5cTEvuajTh2jd_purhrB_kQcrNhM6ajl5WvQtfPPNTOWmsJM8xy5Rb0u-g0p3G96FZDs5hR8"
        + "v5IeV2t3C6Hka9q-bSomMEEwrn_nbAnp8aAQpgcPyIHweAfRP5b5RrgN5gnplO7X3H35-8RvdumwyYqSHksIctrEl44-7W2uaCe0"
        + "X5ZX8QMWchILuEyzRYZ_9_iGMcA_cukhDtIeHO3CLrkORvvvwKBGgI3In4xJELig3zoNKopt1Dr_ch4zaZ4vqM7CsPj3BHMfidpF"
        + "P4TNSd0FXUSM7qvDC4ocPsTjrWhxS6a4sePW0d-o9A"
    static let wrongAudience =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIxIn0."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJhbm90aGVyIiwic3ViIjoiVS0xIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE5MDAwMDAwMDB9."
        + "nTV61Thoee3h5MaErn76KHX8liPI0XafLAUEWXNR2RxdrbVK2cRjU8WUAZYgUOKCDVyEB9t1xlykdLfsUSnDIDUcJuG_Kf1i3saT"
        + "YndUFJNlSA4LHxAd0H3oRelBQ84wTQy1hX2IAB8WYE4TCQwPFDs65KigE66ExDAUgeiMW7PSj5jCHXEJLTXZk_PoMx0M9Wu1G-qU"
        + "SHEiTe3nSucsfVnyWBC-mXsGRW1D0UOfcVBn_5sFgzHwmlENNIngAnwBQfTRS5-nEantL0VxKHjUQ64bufVSdTctojkW-EidMDQt"
        + "L_Em6hnfdjIDG5olwzs-VGSxmB5Q-EqlIZQLNni4ow"
    static let early =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIxIn0."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJzaG9wIiwic3ViIjoiVS0xIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE5MDAwMDAwMDAsIm5iZiI6MTk1MDAwMDAwMH0."
        + "R4ksR1hbXA4Sy8j1kXjmWcmT4m5a0Xi-kslIQmOS0lfWS3hioYkk7A50GUKP59oITIurnvgCeVvz3Bv_CYN6OkQAqPvwlMpIhHCQ"
        + "fYghGUUNacv2o6Pu7ptpVOdpdCc00vuZsqEpdZy7vj1b0e3vwgAOTKcSnsffrjbXmv5MLGfYPTOZ7ardsBzWNQLkf7smxtSAlq_2"
        + "dKI6RGXuGqvSFiaAtUhds7xS6nDivaYbg6L5PnnZjnF4fTIhvmkV4ed8jxEefW77kCFtz9cUtD1xSeSzlmcKUenrKXtncUXHXTx8"
        + "EtZtRgTJgpoMRJzOHlaG88SCBnShReiBD2yUrswrxw"
    static let unknownKey =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InI5In0."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJzaG9wIiwic3ViIjoiVS0xIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE5MDAwMDAwMDB9."
        + "HarUgFaTT6CEEP50QTkPtwwdjjV7WAPQo_O14cCN0BbbCfzASNLgUJKDPCabBCzP6MiA2fnHghrj_mVKTj9dzGvsfS4p08tsdGFj"
        + "0I81i_vfcf9w6QPg-WhwtAs_wjIJrulv_AUrBxWcURbQ9rqs4nL8I0sxtWTQcnbbsM-V6jqlwothPNiUcKoQkKIqFWG59xAiC0-s"
        + "hmsHboaHmYNrCdRM8MW6mNXYYRdkOAL7vIRd3z4zMSQLlnCUeyc8-mkmHDUl_E6xdrAs9ie2tpctINB5RcijZ5SG73NB6eItn5nM"
        + "eNjRU3glB8l8UfFlxVbDPN0dNy2m2XlXnLNsjrBTEA"
    static let confused =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImUxIn0."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJzaG9wIiwic3ViIjoiVS0xIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE5MDAwMDAwMDB9."
        + "nwlElRNh0LYGeXRC2fRxyU_YcPbtLaz6Hx2U5dVoiBaqHBRLltQS557b6etzjX0LD4MHhWjk6Tp-2loCCBOPve_J3wQ-BcEdS_qO"
        + "u0Kg-UBwwf1lFKiktu2J1RufWmtLee_uipflzli1n65ZKDmtv16679ITIADd2U9Oavf-nYIg5dtLrkp0ay5lKhEm3yS5FvND2djI"
        + "8msiWoh1isCWYq998QUl2Zl3Yt-8Y3dD-dkUegDK4tHf4q4TWXK4GKM580GNWDdwK9XSuIZ9XDngpTnES6pTt1CH5F6n_igRURFZ"
        + "5uMO7RJNP0VCYrJVhRStrHBGyQyAu1Tq76z9lYDUjQ"
    static let noExpiry =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIxIn0."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJzaG9wIiwic3ViIjoiVS0xIiwiaWF0IjoxOTAwMDAwMDAwfQ."
        + "kRCbUit0KT-TEeN0WFYEuudYra0Os_FwHg1GIzp-D595N7npIPcGXkpPSNjXmAgN1t_zcWGvDibt65x5tKNzNW9BywqSbbPSOJqA"
        + "VV5MBseAjkO4z2THxPAZiCpA15gddySKD0WE4iuGnD5qrpCmUADb0QnfSiDYq_TKd-Vc0OPlmHrflMAB9Rq9orON_FQv6wjeCPMB"
        + "4bJCTkr2epGM3B2DPvoQorOy28SHfxrX_I5pFlIUlm4YE43Rd_eBUCgaTTX--LUvI0CNCkYwS2_1gsNShufAERizEidFhmnuqUJH"
        + "RVNXSLdZ2KvX8RbdZfPtCP8XQFiUOg7n5y2mzDNYiQ"
    static let badSubject =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIxIn0."
        + "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJzaG9wIiwic3ViIjoiYSBiIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE5MDAwMDAwMDB9."
        + "tg1EiO2d2BmEVpvgidPlo1YEPIcPGn5tBDzjhUdVpHxObuiBBIxkzUK5NsJ54xJ9sHlhp1l8k3Y-ZXilNUE63iNEhVF8yBE3eSg3"
        + "7NwPOID0gMw_GTtJKrM0d2ujYWS1OFioRXbnkyLrwxw0YmKwakF5NW0NHWNK4viZGXdKPTvn6mcnqSOxNabHbuomMYFHA-OVDowp"
        + "1uHdhTGj3FAdHKiqHD7mj4JdkTxV9GvjnRS7WesaZlWN3ZTzR8BRXiS0WjU_nZM1rixtPWp7wZAHFApiduio_i9K8LftdjQBp_NS"
        + "qqsLdJhek0gZp6RUxJSUoZ56lEMPmcipK9nuZTXGdQ"
}
