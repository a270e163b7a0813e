"""What the API promises: operations, the OpenAPI document, its page, the mock API."""
