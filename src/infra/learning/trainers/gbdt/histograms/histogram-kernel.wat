;; Sums of derivatives per bin: what plain-sums.ts does, with the gradient and the hessian of a row as one pair
;; of numbers. A bin takes its rows in the same order as there, so that each sum is the same to the last bit.
;;
;; A histogram has 24 bytes per bin: the sum of gradients, that of hessians, and how many rows, 8 bytes each.
;; `npm run kernel` makes histogram-kernel-bytes.ts from this file.

(module
  (import "histograms" "memory" (memory 1))

  ;; All of these are addresses in bytes.
  ;; $histogram  the feature's first bin
  ;; $bins       the bin of each training row, a byte each
  ;; $row        the numbers of the leaf's training rows, 4 bytes each
  ;; $end        where those end
  ;; $pair       gradient and hessian of the leaf's rows, in their order
  (func (export "addRows")
    (param $histogram i32) (param $bins i32) (param $row i32) (param $end i32) (param $pair i32)
    (local $first i32) (local $second i32) (local $third i32) (local $fourth i32)

    ;; Four rows at a time: all their bins are looked up before the first sum is written. V8 would not inline a
    ;; function for what is the same in each of them.
    (block $fewerThanFour
      (loop $nextFour
        (br_if $fewerThanFour (i32.gt_u (i32.add (local.get $row) (i32.const 16)) (local.get $end)))
        (local.set $first (i32.add (local.get $histogram) (i32.mul (i32.const 24)
          (i32.load8_u (i32.add (local.get $bins) (i32.load (local.get $row)))))))
        (local.set $second (i32.add (local.get $histogram) (i32.mul (i32.const 24)
          (i32.load8_u (i32.add (local.get $bins) (i32.load offset=4 (local.get $row)))))))
        (local.set $third (i32.add (local.get $histogram) (i32.mul (i32.const 24)
          (i32.load8_u (i32.add (local.get $bins) (i32.load offset=8 (local.get $row)))))))
        (local.set $fourth (i32.add (local.get $histogram) (i32.mul (i32.const 24)
          (i32.load8_u (i32.add (local.get $bins) (i32.load offset=12 (local.get $row)))))))
        (v128.store (local.get $first)
          (f64x2.add (v128.load (local.get $first)) (v128.load (local.get $pair))))
        (f64.store offset=16 (local.get $first)
          (f64.add (f64.load offset=16 (local.get $first)) (f64.const 1)))
        (v128.store (local.get $second)
          (f64x2.add (v128.load (local.get $second)) (v128.load offset=16 (local.get $pair))))
        (f64.store offset=16 (local.get $second)
          (f64.add (f64.load offset=16 (local.get $second)) (f64.const 1)))
        (v128.store (local.get $third)
          (f64x2.add (v128.load (local.get $third)) (v128.load offset=32 (local.get $pair))))
        (f64.store offset=16 (local.get $third)
          (f64.add (f64.load offset=16 (local.get $third)) (f64.const 1)))
        (v128.store (local.get $fourth)
          (f64x2.add (v128.load (local.get $fourth)) (v128.load offset=48 (local.get $pair))))
        (f64.store offset=16 (local.get $fourth)
          (f64.add (f64.load offset=16 (local.get $fourth)) (f64.const 1)))
        (local.set $row (i32.add (local.get $row) (i32.const 16)))
        (local.set $pair (i32.add (local.get $pair) (i32.const 64)))
        (br $nextFour)))

    (block $none
      (loop $nextOne
        (br_if $none (i32.ge_u (local.get $row) (local.get $end)))
        (local.set $first (i32.add (local.get $histogram) (i32.mul (i32.const 24)
          (i32.load8_u (i32.add (local.get $bins) (i32.load (local.get $row)))))))
        (v128.store (local.get $first)
          (f64x2.add (v128.load (local.get $first)) (v128.load (local.get $pair))))
        (f64.store offset=16 (local.get $first)
          (f64.add (f64.load offset=16 (local.get $first)) (f64.const 1)))
        (local.set $row (i32.add (local.get $row) (i32.const 4)))
        (local.set $pair (i32.add (local.get $pair) (i32.const 16)))
        (br $nextOne)))))
