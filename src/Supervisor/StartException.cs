namespace BindToInterface.Supervisor;

/// <summary>The supervisor failed before the program ran; the message says what, on what, and what to do.</summary>
internal sealed class StartException(string message) : Exception(message);
