namespace BindToInterface.EndToEnd;

/// <summary>By which of the kernel's entries a program makes its calls.</summary>
public enum WaysDoor
{
    /// <summary>A 64-bit program's own entry.</summary>
    Native,

    /// <summary>int 0x80 from a 64-bit program: the 32-bit calls and structures.</summary>
    Int80,

    /// <summary>The same, by socketcall.</summary>
    Int80Socketcall,

    /// <summary>A 32-bit program.</summary>
    Program32,

    /// <summary>A 32-bit program's socketcall.</summary>
    Program32Socketcall,

    /// <summary>The x32 numbers from a 64-bit program.</summary>
    X32,
}
