export { multiply, multiplyLeftTransposed, multiplyRightTransposed } from './linear/gemm'
