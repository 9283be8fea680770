"""JSON-RPC framing and peer, without IO."""
