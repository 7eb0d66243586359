namespace BindToInterface.Supervisor.Configuration;

/// <summary>
/// A setting is wrong; the message names it, its value and what is accepted, in one line whatever the value.
/// </summary>
internal sealed class SettingsException(string message) : Exception(message.OneLine());
