"""The REST API below /api/v1: one table of operations makes the routes and the OpenAPI document.

Bearer tokens only: no cookie is read, no session is made. Rows are those of the token's identity.
"""
