// OpenSSL's libssl, opened on first use: its own headers are not needed for the functions used
// here. Names and numbers are those of OpenSSL 3 and 4; tls.c compares the numbers where it has
// headers.
#ifndef CSYSTEM_TLS_H
#define CSYSTEM_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct csystem_tls csystem_tls;                           // SSL
typedef struct csystem_tls_cipher csystem_tls_cipher;             // SSL_CIPHER
typedef struct csystem_tls_context csystem_tls_context;           // SSL_CTX
typedef struct csystem_tls_method csystem_tls_method;             // SSL_METHOD
typedef struct csystem_tls_bytes csystem_tls_bytes;               // BIO
typedef struct csystem_tls_bytes_kind csystem_tls_bytes_kind;     // BIO_METHOD
typedef struct csystem_tls_certificate csystem_tls_certificate;   // X509
typedef struct csystem_tls_verification csystem_tls_verification; // X509_STORE_CTX
typedef struct csystem_tls_parameters csystem_tls_parameters;     // X509_VERIFY_PARAM
typedef struct csystem_tls_names csystem_tls_names;               // GENERAL_NAMES
typedef struct csystem_tls_name csystem_tls_name;                 // GENERAL_NAME
typedef struct csystem_tls_text csystem_tls_text;                 // ASN1_STRING
typedef struct csystem_tls_subject csystem_tls_subject;           // X509_NAME

/// Told each fault that was found in a certificate; the answer lets it pass or not.
typedef int (*csystem_tls_verify)(int is_good, csystem_tls_verification *_Nullable verification);

#define CSYSTEM_TLS_MODE 33                       // SSL_CTRL_MODE
#define CSYSTEM_TLS_SET_HOST_NAME 55              // SSL_CTRL_SET_TLSEXT_HOSTNAME
#define CSYSTEM_TLS_SET_MIN_VERSION 123           // SSL_CTRL_SET_MIN_PROTO_VERSION
#define CSYSTEM_TLS_RELEASE_BUFFERS 0x10          // SSL_MODE_RELEASE_BUFFERS
#define CSYSTEM_TLS_NO_RENEGOTIATION (1ULL << 30) // SSL_OP_NO_RENEGOTIATION
#define CSYSTEM_TLS_1_2 0x0303                    // TLS1_2_VERSION
#define CSYSTEM_TLS_PEM 1                         // SSL_FILETYPE_PEM
#define CSYSTEM_TLS_VERIFY_PEER 1                 // SSL_VERIFY_PEER
#define CSYSTEM_TLS_RECEIVED_SHUTDOWN 2           // SSL_RECEIVED_SHUTDOWN
#define CSYSTEM_TLS_LIBRARY 20                    // ERR_LIB_SSL
#define CSYSTEM_TLS_ALERT_OFFSET 1000             // SSL_AD_REASON_OFFSET
#define CSYSTEM_TLS_NO_PARTIAL_WILDCARDS 4        // X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS
#define CSYSTEM_TLS_ALTERNATIVE_NAMES 85          // NID_subject_alt_name
#define CSYSTEM_TLS_COMMON_NAME 13                // NID_commonName
#define CSYSTEM_TLS_NAME_DNS 2                    // GEN_DNS
#define CSYSTEM_TLS_NAME_ADDRESS 7                // GEN_IPADD

/// What SSL_get_error answers.
enum csystem_tls_error {
  CSYSTEM_TLS_ERROR_SSL = 1,
  CSYSTEM_TLS_WANT_READ = 2,
  CSYSTEM_TLS_WANT_WRITE = 3,
  CSYSTEM_TLS_ERROR_SYSCALL = 5,
  CSYSTEM_TLS_ZERO_RETURN = 6,
};

/// Reasons in OpenSSL's error queue that are told apart.
enum csystem_tls_reason {
  CSYSTEM_TLS_CERTIFICATE_VERIFY_FAILED = 134, // SSL_R_CERTIFICATE_VERIFY_FAILED
  CSYSTEM_TLS_UNSUPPORTED_PROTOCOL = 258,      // SSL_R_UNSUPPORTED_PROTOCOL
  CSYSTEM_TLS_WRONG_VERSION_NUMBER = 267,      // SSL_R_WRONG_VERSION_NUMBER
};

/// Faults of certificates that are told apart.
enum csystem_tls_fault {
  CSYSTEM_TLS_NO_ISSUER = 2,             // X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT
  CSYSTEM_TLS_NOT_YET_VALID = 9,         // X509_V_ERR_CERT_NOT_YET_VALID
  CSYSTEM_TLS_EXPIRED = 10,              // X509_V_ERR_CERT_HAS_EXPIRED
  CSYSTEM_TLS_SELF_SIGNED = 18,          // X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
  CSYSTEM_TLS_SELF_SIGNED_IN_CHAIN = 19, // X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN
  CSYSTEM_TLS_NO_LOCAL_ISSUER = 20,      // X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
  CSYSTEM_TLS_UNVERIFIED_LEAF = 21,      // X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE
  CSYSTEM_TLS_REVOKED = 23,              // X509_V_ERR_CERT_REVOKED
  CSYSTEM_TLS_OTHER_HOST = 62,           // X509_V_ERR_HOSTNAME_MISMATCH
  CSYSTEM_TLS_OTHER_ADDRESS = 64,        // X509_V_ERR_IP_ADDRESS_MISMATCH
};

/// Each line: the answer's type, the function's name, its parameters; libcrypto's are found
/// through libssl, which is linked with it.
#define CSYSTEM_TLS_FUNCTIONS(X)                                                                   \
  X(const csystem_tls_method *_Nonnull, TLS_method, (void))                                        \
  X(csystem_tls_context *_Nullable, SSL_CTX_new, (const csystem_tls_method *))                     \
  X(void, SSL_CTX_free, (csystem_tls_context *))                                                   \
  X(long, SSL_CTX_ctrl, (csystem_tls_context *, int, long, void *_Nullable))                       \
  X(uint64_t, SSL_CTX_set_options, (csystem_tls_context *, uint64_t))                              \
  X(int, SSL_CTX_set_default_verify_paths, (csystem_tls_context *))                                \
  X(int, SSL_CTX_load_verify_file, (csystem_tls_context *, const char *))                          \
  X(void, SSL_CTX_set_verify, (csystem_tls_context *, int, csystem_tls_verify _Nullable))          \
  X(int, SSL_CTX_set_alpn_protos, (csystem_tls_context *, const uint8_t *_Nullable, unsigned))     \
  X(int, SSL_CTX_use_certificate_chain_file, (csystem_tls_context *, const char *))                \
  X(int, SSL_CTX_use_PrivateKey_file, (csystem_tls_context *, const char *, int))                  \
  X(csystem_tls *_Nullable, SSL_new, (csystem_tls_context *))                                      \
  X(void, SSL_free, (csystem_tls *))                                                               \
  X(long, SSL_ctrl, (csystem_tls *, int, long, void *_Nullable))                                   \
  X(int, SSL_set_ex_data, (csystem_tls *, int, void *_Nullable))                                   \
  X(void *_Nullable, SSL_get_ex_data, (const csystem_tls *, int))                                  \
  X(void, SSL_set_bio, (csystem_tls *, csystem_tls_bytes *, csystem_tls_bytes *))                  \
  X(void, SSL_set_connect_state, (csystem_tls *))                                                  \
  X(void, SSL_set_accept_state, (csystem_tls *))                                                   \
  X(int, SSL_set1_host, (csystem_tls *, const char *))                                             \
  X(void, SSL_set_hostflags, (csystem_tls *, unsigned))                                            \
  X(csystem_tls_parameters *_Nonnull, SSL_get0_param, (csystem_tls *))                             \
  X(int, X509_VERIFY_PARAM_set1_ip_asc, (csystem_tls_parameters *, const char *))                  \
  X(int, SSL_do_handshake, (csystem_tls *))                                                        \
  X(int, SSL_read, (csystem_tls *, void *, int))                                                   \
  X(int, SSL_write, (csystem_tls *, const void *, int))                                            \
  X(int, SSL_shutdown, (csystem_tls *))                                                            \
  X(int, SSL_get_shutdown, (const csystem_tls *))                                                  \
  X(int, SSL_get_error, (const csystem_tls *, int))                                                \
  X(long, SSL_get_verify_result, (const csystem_tls *))                                            \
  X(const char *_Nonnull, SSL_get_version, (const csystem_tls *))                                  \
  X(const csystem_tls_cipher *_Nullable, SSL_get_current_cipher, (const csystem_tls *))            \
  X(const char *_Nonnull, SSL_CIPHER_get_name, (const csystem_tls_cipher *_Nullable))              \
  X(void, SSL_get0_alpn_selected,                                                                  \
    (const csystem_tls *, const uint8_t *_Nullable *_Nonnull, unsigned *))                         \
  X(csystem_tls_certificate *_Nullable, SSL_get1_peer_certificate, (const csystem_tls *))          \
  X(int, SSL_get_ex_data_X509_STORE_CTX_idx, (void))                                               \
  X(void *_Nullable, X509_STORE_CTX_get_ex_data, (csystem_tls_verification *, int))                \
  X(csystem_tls_certificate *_Nullable, X509_STORE_CTX_get0_cert, (csystem_tls_verification *))    \
  X(const char *_Nonnull, X509_verify_cert_error_string, (long))                                   \
  X(void, X509_free, (csystem_tls_certificate *))                                                  \
  X(void *_Nullable, X509_get_ext_d2i,                                                             \
    (const csystem_tls_certificate *, int, int *_Nullable, int *_Nullable))                        \
  X(void, GENERAL_NAMES_free, (csystem_tls_names *))                                               \
  X(int, OPENSSL_sk_num, (const csystem_tls_names *))                                              \
  X(void *_Nullable, OPENSSL_sk_value, (const csystem_tls_names *, int))                           \
  X(void *_Nullable, GENERAL_NAME_get0_value, (const csystem_tls_name *, int *))                   \
  X(const uint8_t *_Nullable, ASN1_STRING_get0_data, (const csystem_tls_text *))                   \
  X(int, ASN1_STRING_length, (const csystem_tls_text *))                                           \
  X(csystem_tls_subject *_Nullable, X509_get_subject_name, (const csystem_tls_certificate *))      \
  X(int, X509_NAME_get_text_by_NID, (csystem_tls_subject *, int, char *_Nullable, int))            \
  X(csystem_tls_bytes *_Nullable, BIO_new, (const csystem_tls_bytes_kind *))                       \
  X(const csystem_tls_bytes_kind *_Nonnull, BIO_s_mem, (void))                                     \
  X(int, BIO_free, (csystem_tls_bytes *))                                                          \
  X(int, BIO_read, (csystem_tls_bytes *, void *, int))                                             \
  X(int, BIO_write, (csystem_tls_bytes *, const void *, int))                                      \
  X(size_t, BIO_ctrl_pending, (csystem_tls_bytes *))                                               \
  X(unsigned long, ERR_get_error, (void))                                                          \
  X(void, ERR_clear_error, (void))                                                                 \
  X(const char *_Nullable, ERR_reason_error_string, (unsigned long))

#define CSYSTEM_TLS_FIELD(result, name, parameters) result(*_Nonnull name) parameters;
struct csystem_tls_functions {
  CSYSTEM_TLS_FUNCTIONS(CSYSTEM_TLS_FIELD)
} __attribute__((swift_attr("@Sendable")));
#undef CSYSTEM_TLS_FIELD

/// Opens the library `soname` and fills `table`; on failure answers false and says why in
/// `reason`. The library stays open.
bool csystem_tls_open(
    const char *soname, struct csystem_tls_functions *table, char *reason, size_t capacity);

#pragma clang assume_nonnull end
#endif
