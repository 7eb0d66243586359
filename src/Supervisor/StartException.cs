namespace BindToInterface.Supervisor;

/// <summary>Something of ours failed before the program ran; the message says what, on what, and what to do.</summary>
internal sealed class StartException(string message) : Exception(message);
