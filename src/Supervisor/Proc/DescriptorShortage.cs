using BindToInterface.Policy;

namespace BindToInterface.Supervisor.Proc;

/// <summary>What failed because no descriptor is left. Then a file that cannot be read may be there all the same.</summary>
internal static class DescriptorShortage
{
    /// <summary>Whether that is the cause of an exception: .NET keeps the error number of errors that it has no exception for.</summary>
    public static bool IsCauseOf(Exception exception) => Is((Errno)exception.HResult);

    /// <summary>Whether an error says so: of this process, or of the system.</summary>
    public static bool Is(Errno error) => error is Errno.EMFILE or Errno.ENFILE;
}
