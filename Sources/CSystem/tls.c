#define _GNU_SOURCE 1
#include "csystem.h"
#include "csystem_tls.h"

#include <dlfcn.h>
#include <stdio.h>

bool csystem_tls_open(
    const char *soname, struct csystem_tls_functions *table, char *reason, size_t capacity) {
  void *library = csystem_library_open(soname, reason, capacity);
  if (!library) return false;
#define FILL(result, name, parameters)                                                         \
  table->name = (__typeof__(table->name))dlsym(library, #name);                                \
  if (!table->name) {                                                                          \
    snprintf(reason, capacity, "%s lacks the function %s", soname, #name);                     \
    dlclose(library);                                                                          \
    return false;                                                                              \
  }
  CSYSTEM_TLS_FUNCTIONS(FILL)
#undef FILL
  return true;
}

// Where OpenSSL's headers happen to be installed, they vouch for the numbers.
#if defined(__has_include)
#if __has_include(<openssl/ssl.h>)
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#define SAME(ours, theirs) _Static_assert((ours) == (theirs), #theirs)
SAME(CSYSTEM_TLS_MODE, SSL_CTRL_MODE);
SAME(CSYSTEM_TLS_SET_HOST_NAME, SSL_CTRL_SET_TLSEXT_HOSTNAME);
SAME(CSYSTEM_TLS_SET_MIN_VERSION, SSL_CTRL_SET_MIN_PROTO_VERSION);
SAME(CSYSTEM_TLS_RELEASE_BUFFERS, SSL_MODE_RELEASE_BUFFERS);
SAME(CSYSTEM_TLS_NO_RENEGOTIATION, SSL_OP_NO_RENEGOTIATION);
SAME(CSYSTEM_TLS_1_2, TLS1_2_VERSION);
SAME(CSYSTEM_TLS_PEM, SSL_FILETYPE_PEM);
SAME(CSYSTEM_TLS_VERIFY_PEER, SSL_VERIFY_PEER);
SAME(CSYSTEM_TLS_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
SAME(CSYSTEM_TLS_LIBRARY, ERR_LIB_SSL);
SAME(CSYSTEM_TLS_ALERT_OFFSET, SSL_AD_REASON_OFFSET);
SAME(CSYSTEM_TLS_NO_PARTIAL_WILDCARDS, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
SAME(CSYSTEM_TLS_ALTERNATIVE_NAMES, NID_subject_alt_name);
SAME(CSYSTEM_TLS_COMMON_NAME, NID_commonName);
SAME(CSYSTEM_TLS_NAME_DNS, GEN_DNS);
SAME(CSYSTEM_TLS_NAME_ADDRESS, GEN_IPADD);
SAME(CSYSTEM_TLS_ERROR_SSL, SSL_ERROR_SSL);
SAME(CSYSTEM_TLS_WANT_READ, SSL_ERROR_WANT_READ);
SAME(CSYSTEM_TLS_WANT_WRITE, SSL_ERROR_WANT_WRITE);
SAME(CSYSTEM_TLS_ERROR_SYSCALL, SSL_ERROR_SYSCALL);
SAME(CSYSTEM_TLS_ZERO_RETURN, SSL_ERROR_ZERO_RETURN);
SAME(CSYSTEM_TLS_CERTIFICATE_VERIFY_FAILED, SSL_R_CERTIFICATE_VERIFY_FAILED);
SAME(CSYSTEM_TLS_UNSUPPORTED_PROTOCOL, SSL_R_UNSUPPORTED_PROTOCOL);
SAME(CSYSTEM_TLS_WRONG_VERSION_NUMBER, SSL_R_WRONG_VERSION_NUMBER);
SAME(CSYSTEM_TLS_NO_ISSUER, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT);
SAME(CSYSTEM_TLS_NOT_YET_VALID, X509_V_ERR_CERT_NOT_YET_VALID);
SAME(CSYSTEM_TLS_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED);
SAME(CSYSTEM_TLS_SELF_SIGNED, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
SAME(CSYSTEM_TLS_SELF_SIGNED_IN_CHAIN, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
SAME(CSYSTEM_TLS_NO_LOCAL_ISSUER, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
SAME(CSYSTEM_TLS_UNVERIFIED_LEAF, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE);
SAME(CSYSTEM_TLS_REVOKED, X509_V_ERR_CERT_REVOKED);
SAME(CSYSTEM_TLS_OTHER_HOST, X509_V_ERR_HOSTNAME_MISMATCH);
SAME(CSYSTEM_TLS_OTHER_ADDRESS, X509_V_ERR_IP_ADDRESS_MISMATCH);
#endif
#endif
