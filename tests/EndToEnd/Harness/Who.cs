namespace BindToInterface.EndToEnd;

/// <summary>As whom a command runs in the lab.</summary>
public enum Who
{
    /// <summary>The root of the lab: the machine's, or where the tests run as an ordinary user, the user namespace's.</summary>
    Root,

    /// <summary>A user without any capability.</summary>
    User,
}
