namespace BindToInterface.Supervisor.Configuration;

/// <summary>What a profile has as the value of a setting.</summary>
internal enum SettingKind
{
    /// <summary>true or false.</summary>
    Flag,

    /// <summary>true, false, or how often the option would be given.</summary>
    Count,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>One of some words.</summary>
    Choice,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A text, or a list of texts.</summary>
    List,
}
