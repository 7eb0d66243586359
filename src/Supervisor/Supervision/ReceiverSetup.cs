namespace BindToInterface.Supervisor.Supervision;

/// <summary>Who receives while the calls of several threads keep receivers busy.</summary>
internal enum ReceiverSetup
{
    /// <summary>Two receivers with the usual priority.</summary>
    Two,

    /// <summary>Two with a raised priority.</summary>
    TwoHurried,

    /// <summary>One, with a raised priority where that is allowed.</summary>
    OneHurried,
}
