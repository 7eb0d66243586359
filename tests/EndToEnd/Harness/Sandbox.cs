namespace BindToInterface.EndToEnd;

/// <summary>An outer filter (<c>tests/programs/sandbox.c</c>) that refuses what the default profile of a container engine does.</summary>
public static class Sandbox
{
    /// <summary>The calls that it refuses.</summary>
    public const string Refused = "pidfd_getfd,process_vm_readv,process_vm_writev";

    /// <summary>The words of a program that is supervised in it.</summary>
    public static string[] Supervise(string options, params string[] command) => [Programs.C("sandbox"), Refused, .. Lab.Supervise(options, command)];
}
